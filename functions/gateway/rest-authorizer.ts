import { hash } from 'node:crypto';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { AuthRequest } from '../core/auth-request.ts';
import type { Decision, DenyReason } from '../core/decision.ts';
import { stageArnOf } from '../core/method-arn.ts';
import type { Principal } from '../core/principal.ts';
import { authorizerContext } from './authorizer-context.ts';

/** What a REST API sends to a REQUEST authorizer. From the console's test button the maps are null. */
export type RestAuthorizerEvent = Omit<
  APIGatewayRequestAuthorizerEvent,
  'headers' | 'multiValueHeaders' | 'queryStringParameters' | 'multiValueQueryStringParameters'
> & {
  readonly headers: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly queryStringParameters: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters: Readonly<
    Record<string, readonly string[] | undefined>
  > | null;
};

/** The request in a REST authorizer event. Its route is the matched template, never the path that the caller spelt. */
export function restAuthRequest(event: RestAuthorizerEvent): AuthRequest {
  const method = event.httpMethod.toUpperCase();
  const { identity, requestId } = event.requestContext;
  const certificatePem = identity.clientCert?.clientCertPem;
  return {
    surface: 'rest-request',
    stageArn: stageArnOf(event.methodArn),
    route: { method, template: event.resource, key: `${method} ${event.resource}` },
    headers: valuesOf(event.multiValueHeaders, event.headers, (name) => name.toLowerCase()),
    query: valuesOf(event.multiValueQueryStringParameters, event.queryStringParameters),
    ...(certificatePem === undefined ? {} : { certificatePem }),
    requestId,
    sourceIp: identity.sourceIp,
  };
}

/**
 * The answer to API Gateway: a policy for the matched route alone, which is what the cache key of the gateway covers. A
 * fault of the credential throws exactly `Unauthorized`, which the gateway makes a 401 of; what is unavailable throws
 * something else, which it makes a 5xx of and does not cache.
 */
export function restAnswer(
  decision: Decision,
  request: AuthRequest,
  decisionId: string,
): APIGatewayAuthorizerResult {
  if (decision.outcome === 'unavailable') throw new Error('Unavailable');
  if (decision.outcome === 'deny' && !isForbidden(decision.reason)) throw new Error('Unauthorized');
  const { principal } = decision;
  const { method, template } = request.route ?? { method: '', template: '' };
  return {
    principalId: principal === undefined ? 'nobody' : principalId(principal),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: decision.outcome === 'allow' ? 'Allow' : 'Deny',
          Resource: `${request.stageArn}/${verbOf(method)}${globOf(template)}`,
        },
      ],
    },
    context: { ...authorizerContext(decision, decisionId) },
  };
}

/** 403: the credential is good and does not suffice. Everything else is 401: another credential may do. */
function isForbidden(reason: DenyReason): boolean {
  switch (reason) {
    case 'insufficient_scope':
    case 'insufficient_role':
    case 'step_up_required':
    case 'rate_limited':
    case 'ip_denied':
    case 'route_not_declared':
      return true;
    default:
      return false;
  }
}

/** A verb is the caller's to choose where the route is `ANY`, and `*` is a legal one (RFC 9110 §5.6.2, §9.1). */
function verbOf(method: string): string {
  if (!/^[A-Z]+$/.test(method)) throw new Error('a verb that is no plain word');
  return method;
}

/**
 * `/orders/{id}` as `/orders/*`. Too wide for a policy that serves a whole API, and exact where the cache key holds the
 * route. Templates come from the deployed API; one with a wildcard of its own is none of ours.
 */
function globOf(template: string): string {
  if (/[*?$]/.test(template)) throw new Error('a template with a wildcard');
  return template.replace(/\{[^}]*\}/g, '*');
}

function principalId(principal: Principal): string {
  if (principal.clientId !== '') return principal.clientId;
  return hash('sha256', `${principal.issuer}|${principal.subject}`, 'hex').slice(0, 32);
}

type Values = Readonly<Record<string, readonly string[] | undefined>>;
type Value = Readonly<Record<string, string | undefined>>;

/** The multi-value map has every value; the plain one only the last, so it serves where the other is absent. */
function valuesOf(
  all: Values | null,
  last: Value | null,
  nameOf: (name: string) => string = (name) => name,
): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  const entries = Object.entries(all ?? {});
  const source =
    entries.length > 0
      ? entries
      : Object.entries(last ?? {}).map(([name, value]) => [name, value && [value]] as const);
  for (const [name, list] of source) {
    const key = nameOf(name);
    if (list) values.set(key, [...(values.get(key) ?? []), ...list]);
  }
  return values;
}
