import type { ApiSpec, StageSpec } from './api-spec.ts';
import { eventTime } from './event-time.ts';
import {
  forwardedHeaders,
  type GatewayRequest,
  grouped,
  headerValues,
  queryParameters,
} from './gateway-request.ts';

/** A request that found its route in an HTTP API. */
export interface HttpRouted {
  readonly api: ApiSpec;
  readonly stage: StageSpec;
  readonly request: GatewayRequest;
  readonly requestId: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly domainName: string;
}

/** What events of payload format 2.0 have in common, be they for an integration or an authorizer. */
export function eventV2(routed: HttpRouted): Readonly<Record<string, unknown>> {
  const { request, stage, pathParameters } = routed;
  const headers = grouped(forwardedHeaders(request), (name) => name.toLowerCase());
  const lower = [...headers].map(([name, values]) => [name.toLowerCase(), values] as const);
  const cookies = headerValues(request.headers, 'cookie').flatMap((value) => value.split(/; */));
  const query = [...grouped(queryParameters(request))];
  return {
    version: '2.0',
    routeKey: routed.routeKey,
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: Object.fromEntries(
      lower.filter(([name]) => name !== 'cookie').map(([name, values]) => [name, values.join(',')]),
    ),
    ...(query.length === 0
      ? {}
      : {
          queryStringParameters: Object.fromEntries(
            query.map(([name, values]) => [name, values.join(',')]),
          ),
        }),
    requestContext: requestContextV2(routed),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    ...(Object.keys(stage.variables).length === 0 ? {} : { stageVariables: stage.variables }),
  };
}

function requestContextV2(routed: HttpRouted): Readonly<Record<string, unknown>> {
  const { api, request, domainName } = routed;
  const clientCert = request.tls?.clientCertificate;
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    ...(clientCert === undefined ? {} : { authentication: { clientCert } }),
    domainName,
    domainPrefix: domainName.split('.')[0],
    http: {
      method: request.method,
      path: request.rawPath,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: headerValues(request.headers, 'user-agent').at(-1) ?? '',
    },
    requestId: routed.requestId,
    routeKey: routed.routeKey,
    stage: routed.stage.name,
    time: eventTime(request.timeMilliseconds),
    timeEpoch: request.timeMilliseconds,
  };
}

/** Everything else travels as Base64, forms and bodies without a type included. */
const textTypes = /^(text\/.*|application\/(json|javascript|xml))$/i;

/** Body of an HTTP API's event, in both payload formats. */
export function httpApiBody(
  request: GatewayRequest,
): { readonly body: string; readonly isBase64Encoded: boolean } | undefined {
  if (request.body.byteLength === 0) return undefined;
  const type = (headerValues(request.headers, 'content-type').at(-1) ?? '').split(';')[0] ?? '';
  const isText = textTypes.test(type.trim());
  return {
    body: request.body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}
