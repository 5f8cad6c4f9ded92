import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { AuthRequest, RequestValues } from '../core/routes/auth-request.ts';
import type { Judgement } from '../core/routes/judgement.ts';
import { stageArnOf } from '../core/routes/method-arn.ts';
import { type AuthorizerContext, authorizerContext } from './authorizer-context.ts';
import { fitting } from './fitting.ts';
import { headerValues } from './request-values.ts';

/** What an HTTP API expects from an authorizer with simple responses. */
export interface SimpleAnswer {
  readonly isAuthorized: boolean;
  readonly context: AuthorizerContext;
}

/** The request in an HTTP API authorizer event, payload 2.0. Its route is the matched key, never the raw path. */
export function httpAuthRequest(event: APIGatewayRequestAuthorizerEventV2): AuthRequest {
  const [method = '', template = ''] = event.routeKey.split(' ');
  const { http, requestId, authentication } = event.requestContext as V2Context;
  const certificatePem = authentication?.clientCert?.clientCertPem;
  return {
    surface: 'http-2',
    stageArn: stageArnOf(event.routeArn),
    route: { method, template, key: event.routeKey },
    headers: headerValues({ headers: event.headers ?? null }),
    query: queryOf(event.rawQueryString ?? ''),
    ...(certificatePem === undefined ? {} : { certificatePem }),
    requestId,
    sourceIp: http.sourceIp,
  };
}

/** The types of the package do not know that mutual TLS shows here. */
type V2Context = APIGatewayRequestAuthorizerEventV2['requestContext'] & {
  readonly authentication?: { readonly clientCert?: { readonly clientCertPem: string } } | null;
};

/** The raw query, because the ready-made map joins repeated parameters with commas. */
function queryOf(rawQuery: string): RequestValues {
  return {
    get(name) {
      const values = new URLSearchParams(rawQuery).getAll(name);
      return values.length === 0 ? undefined : values;
    },
  };
}

/**
 * The answer to API Gateway: yes or no for the matched route, which is what its cache key covers. What is unavailable
 * throws: the gateway answers 500 and caches nothing.
 */
export function simpleAnswer(judgement: Judgement & { readonly decisionId: string }): SimpleAnswer {
  const { decision } = judgement;
  if (decision.outcome === 'unavailable') throw new Error('Unavailable');
  return fitting({
    isAuthorized: decision.outcome === 'allow',
    context: authorizerContext(judgement),
  });
}
