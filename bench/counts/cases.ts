import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import type { AccessTokenClaims } from '../../functions/core/tokens/access-token.ts';
import { type Algorithm, algorithms } from '../../functions/core/tokens/algorithm.ts';
import { httpEvent } from '../../test/support/events/http-endpoint.ts';
import { basic, forged, mistyped } from '../decisions/credentials.ts';
import { httpEvents, type Presented, restEvents, uncachedMin } from '../decisions/events.ts';
import type { Service } from '../measure/service.ts';

/** One kind of request that is counted, and what must come of it. */
export interface Case {
  readonly name: string;
  readonly bundle: string;
  /** They come in turn, each as JSON. */
  readonly events: readonly string[];
  readonly expected: 'allowed' | 'refused' | 200 | 401;
}

/** The cases whose instructions are counted, by their names: that is slow, so one for each way through the code. */
export const observedCases: ReadonlySet<string> = new Set([
  ...['JWT RS256, same, REST', 'JWT RS256, same, HTTP'],
  ...['JWT RS256, distinct, REST', 'JWT ES256, distinct, REST', 'JWT RS256, expired'],
  ...['API key, REST', 'Basic, program', 'certificate, pinned', 'token ES256'],
]);

export function cases(service: Service): readonly Case[] {
  return [
    ...jwtCases(service),
    ...apiKeyCases(service),
    ...basicCases(service),
    ...certificateCases(service),
    ...tokenCases(service),
  ];
}

function jwtCases({ decisions }: Service): readonly Case[] {
  const bundle = 'jwt-authorizer';
  // All are of one length.
  const token = (alg: Algorithm, changes: Partial<AccessTokenClaims> = {}): string =>
    decisions.token(alg, { jti: crypto.randomUUID(), ...changes });
  const good = algorithms.flatMap((alg): readonly Case[] => {
    const one = [bearer(token(alg))];
    const many = Array.from({ length: uncachedMin }, () => bearer(token(alg)));
    return [
      allowed(`JWT ${alg}, same, REST`, bundle, one.map(rest('GET /orders'))),
      allowed(`JWT ${alg}, same, HTTP`, bundle, one.map(http('GET /orders'))),
      allowed(`JWT ${alg}, distinct, REST`, bundle, many.map(rest('GET /orders'))),
      allowed(`JWT ${alg}, distinct, HTTP`, bundle, many.map(http('GET /orders'))),
    ];
  });
  const now = Math.floor(Date.now() / 1_000);
  const expired = bearer(token('RS256', { iat: now - 7_200, exp: now - 3_600 }));
  const bad = bearer(forged(token('RS256'), token('RS256')));
  return [
    ...good,
    refused(
      'JWT, unknown key',
      bundle,
      [bearer(withUnknownKey(token('RS256')))].map(rest('GET /orders')),
    ),
    refused('JWT RS256, expired', bundle, [expired].map(rest('GET /orders'))),
    refused('JWT RS256, bad signature', bundle, [bad].map(rest('GET /orders'))),
  ];
}

function apiKeyCases({ decisions: { apiKey } }: Service): readonly Case[] {
  const bundle = 'api-key-authorizer';
  const known = [{ authorization: `ApiKey ${apiKey}` }];
  const { key } = mintApiKey(systemRandomness, { prefix: 'kw', environment: 'live' });
  const unknown = [{ authorization: `ApiKey ${key}` }];
  const broken = [{ authorization: `ApiKey ${mistyped(apiKey)}` }];
  return [
    allowed('API key, REST', bundle, known.map(rest('GET /orders'))),
    allowed('API key, HTTP', bundle, known.map(http('GET /orders'))),
    refused('API key, unknown', bundle, unknown.map(rest('GET /orders'))),
    refused('API key, wrong checksum', bundle, broken.map(rest('GET /orders'))),
  ];
}

function basicCases({ decisions: { password } }: Service): readonly Case[] {
  const of = (user: string) => [{ authorization: basic(user, password) }].map(rest('GET /whoami'));
  return [
    allowed('Basic, remembered', 'basic-authorizer', of('person')),
    allowed('Basic, program', 'basic-authorizer', of('program')),
  ];
}

function certificateCases({ decisions: { certificates } }: Service): readonly Case[] {
  return Object.entries(certificates).map(([how, certificatePem]) =>
    allowed(
      `certificate, ${how}`,
      'mtls-authorizer',
      [{ certificatePem }].map(rest('GET /partners/me')),
    ),
  );
}

function tokenCases({ clientIds, clientSecret }: Service): readonly Case[] {
  const asked = (alg: Algorithm, secret: string): readonly string[] => [
    JSON.stringify(
      httpEvent({
        ...{ method: 'POST', path: '/oauth2/token', body: 'grant_type=client_credentials' },
        headers: {
          authorization: basic(clientIds[alg], secret),
          'content-type': 'application/x-www-form-urlencoded',
        },
      }),
    ),
  ];
  return [
    ...algorithms.map((alg): Case => {
      const events = asked(alg, clientSecret);
      return { name: `token ${alg}`, bundle: 'token', events, expected: 200 };
    }),
    {
      ...{ name: 'token, wrong secret', bundle: 'token', expected: 401 },
      events: asked('RS256', `${clientSecret.slice(0, -1)}!`),
    },
  ];
}

function allowed(name: string, bundle: string, events: readonly string[]): Case {
  return { name, bundle, events, expected: 'allowed' };
}

function refused(name: string, bundle: string, events: readonly string[]): Case {
  return { name, bundle, events, expected: 'refused' };
}

function rest(route: string): (presented: Presented) => string {
  return (presented) => JSON.stringify(restEvents(route, () => presented)());
}

function http(route: string): (presented: Presented) => string {
  return (presented) => JSON.stringify(httpEvents(route, () => presented)());
}

/** The header names a key that nobody has published. */
function withUnknownKey(token: string): string {
  const [header = '', ...rest] = token.split('.');
  const members = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  const kid = 'A'.repeat(43);
  const other = Buffer.from(JSON.stringify({ ...members, kid })).toString('base64url');
  return [other, ...rest].join('.');
}

function bearer(token: string): Presented {
  return { authorization: `Bearer ${token}` };
}
