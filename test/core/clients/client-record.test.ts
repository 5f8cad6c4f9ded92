import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../../functions/core/clients/client.ts';
import { clientKind } from '../../../functions/core/clients/client-record.ts';
import { recordInItem, recordKey } from '../../../functions/core/records/record-kind.ts';
import { someClient } from '../../contracts/registry.ts';

const seconds = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const texts = fc.array(fc.string(), { maxLength: 4 });
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const secret = fc.record(
  {
    ...{ id: fc.string(), hash: digest, hint: fc.string(), createdAt: seconds },
    ...{ expiresAt: seconds, graceUntil: seconds },
  },
  { requiredKeys: ['id', 'hash', 'hint', 'createdAt'], noNullPrototype: true },
);
const members = {
  clientId: fc.string(),
  name: fc.string(),
  status: fc.constantFrom('enabled', 'disabled'),
  authenticationMethods: fc.subarray(['client_secret_basic', 'client_secret_post'] as const),
  grantTypes: texts,
  scope: texts,
  defaultScope: texts,
  resources: texts,
  defaultResource: fc.string(),
  signingAlgorithm: fc.constantFrom('RS256', 'ES256'),
  secrets: fc.array(secret, { maxLength: 2 }),
  createdAt: seconds,
  updatedAt: seconds,
} as const;
const client: fc.Arbitrary<Client> = fc
  .tuple(
    fc.record(members, { noNullPrototype: true }),
    fc.record(
      { accessTokenLifetimeSeconds: seconds, introspects: texts },
      { requiredKeys: [], noNullPrototype: true },
    ),
  )
  .map(([rest, optional]) => ({ ...rest, ...optional }));

const parseClient = (stored: Readonly<Record<string, unknown>>): Client =>
  recordInItem(clientKind, { pk: recordKey(clientKind, String(stored.clientId)), ...stored });

const record = { ...someClient, v: clientKind.schema };
const [someSecret] = someClient.secrets;
const names = Object.keys(members) as (keyof typeof members)[];

test('every client is what its record says, whatever else the record holds', () => {
  fc.assert(
    fc.property(client, fc.dictionary(fc.string(), fc.anything()), (any, { pk: _, ...rest }) => {
      const stored = {
        ...rest,
        ...{ accessTokenLifetimeSeconds: undefined, introspects: undefined },
        ...any,
        v: clientKind.schema,
      };
      expect(parseClient(stored)).toStrictEqual(any);
    }),
  );
});

test('nothing of the store is part of a client', () => {
  const stored = { ...record, pk: 'CL#orders', revision: 4, writeId: 'x', secret: 'sesame' };
  expect(parseClient(stored)).toStrictEqual(someClient);
});

describe('a record is refused, never half a client', () => {
  test.each([undefined, null, 0, 2, '1', 1.5, Number.NaN])('of schema %j', (v) => {
    expect(() => parseClient({ ...record, v })).toThrow('another schema');
  });

  test.each(names)('without %s', (name) => {
    expect(() => parseClient({ ...record, [name]: undefined })).toThrow(`broken ${name}`);
  });

  test.each(names)('with something else for %s, and the error does not say what', (name) => {
    // No member takes any of these: the empty list is a list of texts, so it is not among them.
    const wrong = fc.constantFrom<unknown>(
      null,
      true,
      -1,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      {},
      { length: 0 },
      ['canary', 7],
      [null],
      [{ id: 'canary' }],
    );
    fc.assert(
      fc.property(wrong, (value) => {
        expect(() => parseClient({ ...record, [name]: value })).toThrow(
          new Error(`a client record with a broken ${name}`),
        );
      }),
    );
  });

  const textual: readonly (readonly [string, unknown])[] = [
    ['status', 'Enabled'],
    ['status', ''],
    ['signingAlgorithm', 'none'],
    ['signingAlgorithm', 'HS256'],
    ['scope', 'a b'],
    ['secrets', 'canary'],
    ['createdAt', '1'],
    ['accessTokenLifetimeSeconds', '60'],
    ['accessTokenLifetimeSeconds', null],
    ['accessTokenLifetimeSeconds', -1],
    ['accessTokenLifetimeSeconds', 0.5],
  ];
  test.each(textual)('with %s = %j', (name, value) => {
    expect(() => parseClient({ ...record, [name]: value })).toThrow(`broken ${name}`);
  });

  const secretsBroken: readonly (readonly [string, unknown])[] = [
    ...['id', 'hash', 'hint'].flatMap((name) =>
      [undefined, null, 7, ['a']].map((value) => [name, value] as const),
    ),
    ...['createdAt', 'expiresAt', 'graceUntil'].flatMap((name) =>
      [null, '1', -1, 1.5, Number.NaN].map((value) => [name, value] as const),
    ),
    ['createdAt', undefined],
    ...['', 'h1', 'A'.repeat(42), 'f'.repeat(64)].map((value) => ['hash', value] as const),
  ];
  test.each(secretsBroken)('with %s of a secret = %j', (name, value) => {
    const secrets = [someSecret, { ...someSecret, [name]: value }];
    expect(() => parseClient({ ...record, secrets })).toThrow('broken secrets');
  });
});

test('a method that this code does not know cannot be used; the others still can', () => {
  const authenticationMethods = ['private_key_jwt', 'client_secret_post'];
  expect(parseClient({ ...record, authenticationMethods }).authenticationMethods).toEqual([
    'client_secret_post',
  ]);
});
