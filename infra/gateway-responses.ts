import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Routes } from '../functions/core/routes/route-policy.ts';
import { type Challenge, challengeText } from './challenge.ts';

/** What a caller waits before it tries again, where nobody knows better. */
const retryAfter = "'5'";

/**
 * The gateway responses of a protected API (RFC 6750 §3, RFC 9110 §11.6.1, §15.6.4, RFC 6585 §4). `WWW-Authenticate`
 * reaches a client from here and from nowhere else. CORS headers stand on each: a response of one's own inherits none.
 */
export function addGatewayResponses(api: RestApi, challenge: Challenge, routes: Routes): void {
  const { allowOrigin, stepUpStatus = 403 } = challenge;
  const cors: Record<string, string> =
    allowOrigin === undefined
      ? {}
      : {
          'Access-Control-Allow-Origin': `'${allowOrigin}'`,
          'Access-Control-Expose-Headers': "'WWW-Authenticate, Retry-After'",
        };
  const common = { 'Cache-Control': "'no-store'", ...cors };
  const authenticate = { 'WWW-Authenticate': `'${challengeText(challenge, routes)}'` };
  const add = (
    type: ResponseType,
    id: string,
    statusCode: number,
    headers: Readonly<Record<string, string>>,
    body: Readonly<Record<string, string>>,
  ): void => {
    api.addGatewayResponse(id, {
      type,
      statusCode: String(statusCode),
      responseHeaders: { ...headers, ...common },
      templates: {
        'application/json': JSON.stringify({ ...body, request_id: '$context.requestId' }),
      },
    });
  };
  add(ResponseType.UNAUTHORIZED, 'Unauthorized', 401, authenticate, { error: 'unauthorized' });
  add(
    ResponseType.ACCESS_DENIED,
    'AccessDenied',
    stepUpStatus,
    stepUpStatus === 401 ? authenticate : {},
    {
      error: '$context.authorizer.error',
      error_description: '$context.authorizer.error_description',
      scope: '$context.authorizer.scope',
      acr_values: '$context.authorizer.acr_values',
      max_age: '$context.authorizer.max_age',
    },
  );
  for (const [id, type] of [
    ['AuthorizerFailure', ResponseType.AUTHORIZER_FAILURE],
    ['AuthorizerConfigurationError', ResponseType.AUTHORIZER_CONFIGURATION_ERROR],
  ] as const) {
    add(type, id, 503, { 'Retry-After': retryAfter }, { error: 'temporarily_unavailable' });
  }
  const limited = { error: 'rate_limited' };
  add(ResponseType.THROTTLED, 'Throttled', 429, { 'Retry-After': retryAfter }, limited);
  // A quota is for a day or more, and nobody here knows when it ends: seconds would be a lie.
  add(ResponseType.QUOTA_EXCEEDED, 'QuotaExceeded', 429, {}, limited);
  if (Object.keys(cors).length === 0) return;
  api.addGatewayResponse('Default4xx', { type: ResponseType.DEFAULT_4XX, responseHeaders: cors });
  api.addGatewayResponse('Default5xx', { type: ResponseType.DEFAULT_5XX, responseHeaders: cors });
}
