import { httpEvent } from '../../test/support/events/http-endpoint.ts';
import { basic } from '../decisions/credentials.ts';
import { type Presented, restEvents } from '../decisions/events.ts';
import type { Service } from '../measure/service.ts';

/** What a function is asked first, and how the right answer is told from any other. */
export interface FirstRequest {
  readonly event: unknown;
  readonly isRight: (answer: unknown) => boolean;
}

/** For every bundle one request that takes its usual way through the code. */
export function firstRequests(service: Service): Readonly<Record<string, FirstRequest>> {
  const { apiKey, password, certificates, ...world } = service.decisions;
  const bearer = { authorization: `Bearer ${world.token('RS256')}` };
  const client = basic(service.clientIds.RS256, service.clientSecret);
  const post = (path: string, form: Readonly<Record<string, string>>): object =>
    httpEvent({
      ...{ method: 'POST', path, body: `${new URLSearchParams(form)}` },
      headers: { authorization: client, 'content-type': 'application/x-www-form-urlencoded' },
    });
  const get = (path: string): object => httpEvent({ method: 'GET', path });
  const token = world.token('RS256');
  return {
    token: {
      event: post('/oauth2/token', { grant_type: 'client_credentials' }),
      isRight: answers(({ access_token }) => typeof access_token === 'string'),
    },
    revoke: { event: post('/oauth2/revoke', { token }), isRight: answers(() => true) },
    introspect: {
      event: post('/oauth2/introspect', { token }),
      isRight: answers(({ active }) => active === true),
    },
    jwks: {
      event: get('/.well-known/jwks.json'),
      isRight: answers(({ keys }) => Array.isArray(keys) && keys.length === 4),
    },
    metadata: {
      event: get('/.well-known/oauth-authorization-server'),
      isRight: answers(({ jwks_uri }) => typeof jwks_uri === 'string'),
    },
    'jwt-authorizer': decision('GET /orders', bearer),
    'api-key-authorizer': decision('GET /orders', { authorization: `ApiKey ${apiKey}` }),
    // A program, whose password is no more than hashed.
    'basic-authorizer': decision('GET /whoami', { authorization: basic('program', password) }),
    'mtls-authorizer': decision('GET /partners/me', { certificatePem: certificates.pinned }),
    'combined-authorizer': decision('GET /orders', bearer),
    // No connection is open; what fails is logged, and a fault in the log is looked for with all of them.
    connections: { event: {}, isRight: (answer) => answer === null },
    rotation: { event: {}, isRight: has(({ kids }) => Array.isArray(kids)) },
    admin: {
      event: { command: 'clients.list' },
      isRight: has(({ ok, result }) => ok === true || result !== undefined),
    },
    'demo-orders': {
      event: { ...get('/healthz'), routeKey: 'GET /healthz' },
      isRight: answers(({ status }) => status === 'ok'),
    },
  };
}

function decision(route: string, presented: Presented): FirstRequest {
  return {
    event: restEvents(route, () => presented)(),
    isRight: has(({ policyDocument }) => JSON.stringify(policyDocument).includes('"Allow"')),
  };
}

type Members = Readonly<Record<string, unknown>>;

function has(isRight: (answer: Members) => boolean): FirstRequest['isRight'] {
  return (answer) => typeof answer === 'object' && answer !== null && isRight(answer as Members);
}

/** An answer of an endpoint with 200 and a body of JSON. */
function answers(isRight: (body: Members) => boolean): FirstRequest['isRight'] {
  return has(
    ({ statusCode, body }) => statusCode === 200 && isRight(JSON.parse(String(body)) as Members),
  );
}
