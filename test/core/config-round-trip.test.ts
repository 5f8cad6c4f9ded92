import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as admin from '../../functions/admin/config.ts';
import * as authorizer from '../../functions/authorizers/config.ts';
import * as connections from '../../functions/connections/config.ts';
import { InvalidEnvironment } from '../../functions/core/environment.ts';
import * as introspect from '../../functions/endpoints/introspect/config.ts';
import * as jwks from '../../functions/endpoints/jwks/config.ts';
import * as metadata from '../../functions/endpoints/metadata/config.ts';
import * as revoke from '../../functions/endpoints/revoke/config.ts';
import * as token from '../../functions/endpoints/token/config.ts';
import * as rotation from '../../functions/rotation/config.ts';

const issuer = fc.constantFrom(
  'https://auth.example.com',
  'https://a.example/x/',
  'http://127.0.0.1:8787',
);
const name = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,60}$/);
const resource = fc.constantFrom('https://api.example', 'urn:example:orders');
const seconds = (min: number, max: number) => fc.integer({ min, max });
const max = seconds(3_600, 86_400);

/** What endpoints have in common that recognise tokens and API keys. */
const recognising = {
  issuer,
  clientsTable: name,
  verificationTable: name,
  countersTable: name,
  accessTokenLifetimeMaxSeconds: max,
  clientCacheSeconds: seconds(0, 60),
  ringHoldSeconds: seconds(0, 604_800),
  publishedKeysCacheSeconds: seconds(1, 3_600),
  revocationPollSeconds: seconds(1, 60),
  apiKeyPrefix: fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/),
  apiKeyEnvironment: fc.stringMatching(/^[a-z]{2,8}$/),
} as const;

const configs = [
  ['revoke', revoke, fc.record(recognising)],
  [
    'introspect',
    introspect,
    fc.record({
      ...recognising,
      ringSecret: name,
      clockSkewSeconds: seconds(0, 120),
      ringCacheSeconds: seconds(0, 3_600),
    }),
  ],
  [
    'token',
    token,
    fc.record({
      issuer,
      clientsTable: name,
      countersTable: name,
      ringSecret: name,
      accessTokenLifetimeSeconds: seconds(1, 3_600),
      accessTokenLifetimeMaxSeconds: max,
      verificationTable: name,
      revocationPollSeconds: seconds(1, 60),
      clientCacheSeconds: seconds(0, 60),
      ringCacheSeconds: seconds(0, 3_600),
      ringHoldSeconds: seconds(0, 604_800),
    }),
  ],
  [
    'jwks',
    jwks,
    fc.record({
      verificationTable: name,
      maxAgeSeconds: seconds(0, 3_600),
      contentType: fc.constantFrom('application/jwk-set+json', 'application/json'),
    }),
  ],
  [
    'metadata',
    metadata,
    fc.record({
      issuer,
      maxAgeSeconds: seconds(0, 3_600),
      scopesSupported: fc.array(fc.stringMatching(/^[a-z:]{1,9}$/)),
    }),
  ],
  [
    'admin',
    admin,
    fc.record({
      issuer,
      clientsTable: name,
      verificationTable: name,
      countersTable: name,
      accessTokenLifetimeMaxSeconds: max,
      revocationPollSeconds: seconds(1, 60),
      publicationLeadSeconds: seconds(0, 31_536_000),
      publishedKeysMax: seconds(8, 100),
      defaultResource: fc.oneof(resource, fc.constant('')),
      apiKeyPrefix: fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/),
      apiKeyEnvironment: fc.stringMatching(/^[a-z]{2,8}$/),
    }),
  ],
  [
    'rotation',
    rotation,
    fc.record({
      ringSecret: name,
      verificationTable: name,
      publicationLeadSeconds: seconds(0, 31_536_000),
      retirementSeconds: seconds(1, 31_536_000),
      macRetirementSeconds: seconds(1, 31_536_000),
      publishedKeysMax: seconds(8, 100),
      revocationPollSeconds: seconds(1, 60),
      accessTokenLifetimeMaxSeconds: max,
    }),
  ],
  [
    'connections',
    connections,
    fc.record({
      connectionsTable: name,
      verificationTable: name,
      clientsTable: name,
      stage: fc.constantFrom('abcdefghij/live', 'a1/$default'),
      callbackUrl: fc.constantFrom('https://abc.execute-api.eu-west-1.amazonaws.com/live'),
      accessTokenLifetimeMaxSeconds: max,
      revocationPollSeconds: seconds(1, 60),
    }),
  ],
  [
    'authorizer',
    authorizer,
    fc.record({
      issuer,
      audience: resource,
      verificationTable: name,
      clockSkewSeconds: seconds(0, 120),
      accessTokenLifetimeMaxSeconds: max,
      ringHoldSeconds: seconds(0, 604_800),
      publishedKeysCacheSeconds: seconds(1, 3_600),
      clientsTable: name,
      countersTable: name,
      connectionsTable: fc.oneof(name, fc.constant('')),
      credentialCacheSeconds: seconds(0, 60),
      revocationPollSeconds: seconds(1, 60),
      revocationMaxStaleSeconds: seconds(0, 600),
      apiKeyPrefix: fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/),
      apiKeyEnvironment: fc.stringMatching(/^[a-z]{2,8}$/),
    }),
  ],
] as const;

test('no configuration is left out', () => {
  const folder = join(import.meta.dirname, '..', '..', 'functions');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => basename(file) === 'config.ts')).toHaveLength(configs.length);
});

describe.each(configs)('the configuration of %s', (_name, module, arbitrary) => {
  const { toEnv, fromEnv } = module as unknown as {
    toEnv(config: unknown): Record<string, string>;
    fromEnv(env: Readonly<Record<string, string | undefined>>): unknown;
  };

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<object>, (config) => {
        expect(fromEnv(toEnv(config))).toEqual(config);
      }),
    );
  });

  test('that is missing stops the function and names every variable, and no value', () => {
    const [config] = fc.sample(arbitrary as fc.Arbitrary<object>, 1);
    // For these nothing is a value: every client names its own, and not every API has connections.
    const optional = ['DEFAULT_RESOURCE', 'CONNECTIONS_TABLE'];
    const names = Object.keys(toEnv(config)).filter((variable) => !optional.includes(variable));
    try {
      fromEnv({});
      expect.unreachable();
    } catch (cause) {
      expect(cause).toBeInstanceOf(InvalidEnvironment);
      for (const variable of names) expect((cause as Error).message).toContain(variable);
    }
    for (const variable of names) {
      const { [variable]: _, ...rest } = toEnv(config);
      expect(() => fromEnv(rest)).toThrow(
        expect.objectContaining({ problems: [expect.stringContaining(variable)] }),
      );
      const broken = { ...toEnv(config), [variable]: ' \u0000canary' };
      if (/TABLE|RING_SECRET/.test(variable)) continue;
      expect(() => fromEnv(broken)).toThrow(variable);
      expect(() => fromEnv(broken)).not.toThrow('canary');
    }
  });
});
