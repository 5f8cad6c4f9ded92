import type { ApiSpec, StageSpec } from './api-spec.ts';
import { eventTime } from './event-time.ts';
import {
  forwardedHeaders,
  type GatewayRequest,
  grouped,
  headerValues,
  queryParameters,
} from './gateway-request.ts';

/** A request that found its method in a REST API (or its route in an HTTP API that speaks payload format 1.0). */
export interface RestRouted {
  readonly api: ApiSpec;
  readonly stage: StageSpec;
  readonly request: GatewayRequest;
  readonly requestId: string;
  readonly resourceId: string;
  /** The template: `/orders/{id}`. */
  readonly resourcePath: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly domainName: string;
  /** What a function is shown as `path`: without the stage. */
  readonly path: string;
}

/** What events of version 1 have in common. Names keep the client's spelling; the maps are `null` when empty. */
export function eventV1(routed: RestRouted): Readonly<Record<string, unknown>> {
  const { request, stage } = routed;
  const forwarded = forwardedHeaders(request).filter(([name]) => !/^content-length$/i.test(name));
  const headers = grouped(forwarded, (name) => name.toLowerCase());
  const query = grouped(queryParameters(request));
  return {
    resource: routed.resourcePath,
    // A base path is shown although nothing is matched with it; the stage of the mapping is not.
    path: request.entrance === undefined ? routed.path : request.rawPath,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: orNull(Object.fromEntries(headers)),
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: orNull(Object.fromEntries(query)),
    pathParameters: orNull(routed.pathParameters),
    stageVariables: orNull(stage.variables),
    requestContext: requestContextV1(routed),
  };
}

function requestContextV1(routed: RestRouted): Readonly<Record<string, unknown>> {
  const { api, stage, request, domainName } = routed;
  return {
    resourceId: routed.resourceId,
    resourcePath: routed.resourcePath,
    httpMethod: request.method,
    extendedRequestId: routed.requestId.replaceAll('-', '').slice(0, 15),
    requestTime: eventTime(request.timeMilliseconds),
    path: request.rawPath,
    accountId: api.accountId,
    protocol: request.protocol,
    stage: stage.name,
    domainPrefix: domainName.split('.')[0],
    requestTimeEpoch: request.timeMilliseconds,
    requestId: routed.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: headerValues(request.headers, 'user-agent').at(-1) ?? null,
      user: null,
      apiKey: null,
      clientCert: request.tls?.clientCertificate ?? null,
    },
    domainName,
    apiId: api.apiId,
  };
}

function lastValues(
  groups: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, string>> | null {
  return orNull(
    Object.fromEntries([...groups].map(([name, values]) => [name, values.at(-1) ?? ''])),
  );
}

function orNull<T extends object>(map: T): T | null {
  return Object.keys(map).length === 0 ? null : map;
}
