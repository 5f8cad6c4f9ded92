import {
  AuthorizationType,
  type IAuthorizer,
  type MethodOptions,
  ResponseType,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { uncacheable } from '../functions/core/compile-routes.ts';
import type { Routes } from '../functions/core/route-policy.ts';
import { policyOf, tableProblems } from './route-table.ts';

/** What a caller without a good credential is told. */
export interface Challenge {
  /** `realm` of the challenge. */
  readonly realm: string;
  /** Absolute URL of the protected resource metadata (RFC 9728 §5.1). @default none */
  readonly resourceMetadata?: string;
  /** Lets scripts of this origin read the refusals. @default none */
  readonly allowOrigin?: string;
}

export interface GuardedRestApiProps {
  readonly routes: Routes;
  /** Makes the authorizer whose answers are cached; called when the first route needs it. */
  readonly cached: () => IAuthorizer;
  readonly uncached: () => IAuthorizer;
  readonly challenge: Challenge;
}

/** A REST API whose every method is covered by a route policy. */
export class GuardedRestApi {
  readonly #props: GuardedRestApiProps;
  readonly #guarded = new Set<string>();
  readonly #authorizers = new Map<'cached' | 'uncached', IAuthorizer>();

  constructor(api: RestApi, props: GuardedRestApiProps) {
    this.#props = props;
    addChallenges(api, props.challenge);
    api.node.addValidation({
      validate: () =>
        tableProblems(
          props.routes,
          // A preflight carries no credential; nothing but an open mock may answer it.
          api.methods
            .filter(({ httpMethod }) => httpMethod !== 'OPTIONS')
            .map((method) => `${method.httpMethod} ${method.resource.path}`),
          this.#guarded,
        ),
    });
  }

  /** Options for `resource.addMethod` of a route. @param route `GET /orders/{id}` */
  methodOptions(route: string): MethodOptions {
    const policy = policyOf(this.#props.routes, route);
    if (policy.public) return { authorizationType: AuthorizationType.NONE };
    this.#guarded.add(route);
    const authorizer = this.#authorizer(
      uncacheable(route, policy) === undefined ? 'cached' : 'uncached',
    );
    return { authorizationType: AuthorizationType.CUSTOM, authorizer };
  }

  #authorizer(kind: 'cached' | 'uncached'): IAuthorizer {
    const made = this.#authorizers.get(kind) ?? this.#props[kind]();
    this.#authorizers.set(kind, made);
    return made;
  }
}

/**
 * The gateway responses of a protected API (RFC 6750 §3, RFC 9110 §11.6.1, §15.6.4). `WWW-Authenticate` reaches a client
 * from here and from nowhere else. CORS headers stand on each: a response of one's own inherits none.
 */
function addChallenges(api: RestApi, challenge: Challenge): void {
  const metadata =
    challenge.resourceMetadata === undefined
      ? ''
      : `, resource_metadata=\\"${challenge.resourceMetadata}\\"`;
  const bearer = `Bearer realm=\\"${challenge.realm}\\"${metadata}`.replaceAll('\\"', '"');
  const cors: Record<string, string> =
    challenge.allowOrigin === undefined
      ? {}
      : {
          'Access-Control-Allow-Origin': `'${challenge.allowOrigin}'`,
          'Access-Control-Expose-Headers': "'WWW-Authenticate'",
        };
  const noStore = { 'Cache-Control': "'no-store'" };
  api.addGatewayResponse('Unauthorized', {
    type: ResponseType.UNAUTHORIZED,
    statusCode: '401',
    responseHeaders: { 'WWW-Authenticate': `'${bearer}'`, ...noStore, ...cors },
    templates: {
      'application/json': '{"error":"unauthorized","request_id":"$context.requestId"}',
    },
  });
  api.addGatewayResponse('AccessDenied', {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '403',
    responseHeaders: { ...noStore, ...cors },
    templates: {
      'application/json':
        '{"error":"$context.authorizer.error","error_description":"$context.authorizer.error_description","scope":"$context.authorizer.scope","request_id":"$context.requestId"}',
    },
  });
  for (const [id, type] of [
    ['AuthorizerFailure', ResponseType.AUTHORIZER_FAILURE],
    ['AuthorizerConfigurationError', ResponseType.AUTHORIZER_CONFIGURATION_ERROR],
  ] as const) {
    api.addGatewayResponse(id, {
      type,
      statusCode: '503',
      responseHeaders: { 'Retry-After': "'5'", ...noStore, ...cors },
      templates: {
        'application/json': '{"error":"temporarily_unavailable","request_id":"$context.requestId"}',
      },
    });
  }
  if (Object.keys(cors).length === 0) return;
  api.addGatewayResponse('Default4xx', { type: ResponseType.DEFAULT_4XX, responseHeaders: cors });
  api.addGatewayResponse('Default5xx', { type: ResponseType.DEFAULT_5XX, responseHeaders: cors });
}
