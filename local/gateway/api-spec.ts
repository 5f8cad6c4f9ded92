/** What a gateway is built from: one API of a template, every intrinsic resolved. */
import type { HttpProxySpec } from './http-proxy-spec.ts';
import type { ResourcePolicySpec } from './resource-policy.ts';

export interface ApiSpec {
  readonly stackName: string;
  readonly logicalId: string;
  readonly apiId: string;
  readonly accountId: string;
  readonly region: string;
  readonly stages: readonly StageSpec[];
}

export interface StageSpec {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface HttpApiSpec extends ApiSpec {
  readonly kind: 'http';
  /** Its own endpoint refuses: it answers through a custom domain alone. */
  readonly isEndpointDisabled: boolean;
  readonly cors: CorsSpec | undefined;
  readonly routes: readonly HttpRouteSpec[];
}

export interface HttpRouteSpec {
  /** `GET /orders/{id}`, or `$default` */
  readonly routeKey: string;
  readonly integration:
    | ({
        readonly kind: 'lambda';
        readonly payloadFormatVersion: PayloadFormat;
      } & LambdaIntegrationSpec)
    | ({ readonly kind: 'http' } & HttpProxySpec);
  readonly authorizer: HttpAuthorizerSpec | undefined;
}

type PayloadFormat = '1.0' | '2.0';

interface LambdaIntegrationSpec {
  readonly functionArn: string;
  readonly timeoutMilliseconds: number;
}

export interface AuthorizerSpec {
  readonly authorizerId: string;
  readonly logicalId: string;
  readonly functionArn: string;
  readonly identitySources: readonly string[];
  /** How long an answer is replayed; 0 for not at all. */
  readonly ttlSeconds: number;
}

export interface HttpAuthorizerSpec extends AuthorizerSpec {
  readonly payloadFormatVersion: PayloadFormat;
  readonly simpleResponses: boolean;
}

export interface CorsSpec {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number | undefined;
}

export interface RestApiSpec extends ApiSpec {
  readonly kind: 'rest';
  /** Its own endpoint refuses: it answers through a custom domain alone. */
  readonly isEndpointDisabled: boolean;
  readonly binaryMediaTypes: readonly string[];
  readonly methods: readonly RestMethodSpec[];
  readonly gatewayResponses: readonly GatewayResponseSpec[];
  /** Where a method that requires an API key finds it: in `x-api-key`, or in what the authorizer answered. */
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  readonly resourcePolicy: ResourcePolicySpec | undefined;
}

export interface RestMethodSpec {
  readonly resourceId: string;
  /** `/orders/{id}` */
  readonly path: string;
  /** `ANY` for all. */
  readonly httpMethod: string;
  readonly integration:
    | ({ readonly kind: 'lambda' } & LambdaIntegrationSpec)
    | ({ readonly kind: 'mock' } & MockIntegrationSpec)
    | ({ readonly kind: 'http' } & HttpProxySpec);
  readonly authorizer: RestAuthorizerSpec | undefined;
  readonly apiKeyRequired: boolean;
}

export interface MockIntegrationSpec {
  /** Media type → text; its `statusCode` selects the response. */
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly passthroughBehavior: string;
  readonly responses: readonly {
    readonly statusCode: number;
    /** Regular expression over the status that the request template names; the default has none. */
    readonly selectionPattern: string | undefined;
    /** Header → static value. */
    readonly headers: Readonly<Record<string, string>>;
    readonly templates: Readonly<Record<string, string>>;
  }[];
}

export interface RestAuthorizerSpec extends AuthorizerSpec {
  readonly kind: 'TOKEN' | 'REQUEST';
  readonly validationExpression: string | undefined;
}

export interface WebSocketApiSpec extends ApiSpec {
  readonly kind: 'webSocket';
  /** Where a message names its route: `$request.body.action` */
  readonly routeSelectionExpression: string;
  readonly routes: readonly WebSocketRouteSpec[];
}

export interface WebSocketRouteSpec {
  /** `$connect`, `$disconnect`, `$default`, or what a message names. */
  readonly routeKey: string;
  readonly integration: LambdaIntegrationSpec;
  /** Of `$connect` alone. */
  readonly authorizer: AuthorizerSpec | undefined;
  /** Whether the body of the integration's answer goes back to the client. */
  readonly hasResponse: boolean;
}

/** A custom domain with what it leads to. */
export interface CustomDomainSpec {
  readonly stackName: string;
  readonly logicalId: string;
  readonly domainName: string;
  /** Whether clients have to present a certificate. */
  readonly isMutualTls: boolean;
  readonly mappings: readonly DomainMappingSpec[];
}

export interface DomainMappingSpec {
  readonly apiId: string;
  readonly stageName: string;
  /** `/orders/v1`, or nothing for whatever no other mapping takes. */
  readonly basePath: string;
}

export interface GatewayResponseSpec {
  readonly type: string;
  readonly statusCode: number | undefined;
  /** `gatewayresponse.header.X` → `'static'`, `method.request.header.X`, `context.X`, … */
  readonly parameters: Readonly<Record<string, string>>;
  /** Media type → text with `$context.X`. */
  readonly templates: Readonly<Record<string, string>>;
}
