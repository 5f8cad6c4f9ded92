import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { type ApiKey, apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import type { Lookup } from '../../functions/core/ports/lookup.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import type { RecordKind } from '../../functions/core/records/record-kind.ts';

export const someClient: Client = {
  clientId: 'orders',
  name: 'Orders',
  status: 'enabled',
  authenticationMethods: ['client_secret_basic'],
  grantTypes: ['client_credentials'],
  scope: ['a', 'b'],
  defaultScope: ['a'],
  resources: ['https://api.example'],
  defaultResource: 'https://api.example',
  accessTokenLifetimeSeconds: 60,
  signingAlgorithm: 'ES256',
  introspects: ['https://api.example', 'urn:example:orders'],
  secrets: [
    { id: 's1', hash: 'A'.repeat(43), hint: 'abcd', createdAt: 1 },
    { id: 's2', hash: 'B'.repeat(43), hint: 'efgh', createdAt: 2, expiresAt: 3, graceUntil: 3 },
  ],
  createdAt: 1,
  updatedAt: 2,
};

const { accessTokenLifetimeSeconds: _lifetime, ...withoutLifetime } = someClient;

export const clientSamples: Samples<Client> = {
  kind: clientKind,
  records: [
    someClient,
    { ...withoutLifetime, clientId: 'plain', secrets: [], scope: [], defaultScope: [] },
  ],
  marked: (client, mark) => ({ ...client, name: mark }),
};

export const someApiKey: ApiKey = {
  keyId: '1KeywardDemo',
  name: 'Nightly report',
  start: 'kw_live_1KeywardDemo',
  hash: 'A'.repeat(43),
  replacedBy: '2KeywardDemo',
  graceUntil: 5,
  usagePlanKey: 'x'.repeat(20),
  owner: 'reports',
  scope: ['a', 'b'],
  resources: ['https://api.example'],
  status: 'disabled',
  expiresAt: 9,
  addresses: ['192.0.2.0/24', '2001:db8::1'],
  tier: 'gold',
  createdAt: 1,
  updatedAt: 2,
};

export const apiKeySamples: Samples<ApiKey> = {
  kind: apiKeyKind,
  records: [
    someApiKey,
    {
      keyId: '2KeywardDemo',
      name: 'Plain',
      start: 'kw_live_2KeywardDemo',
      hash: 'B'.repeat(43),
      owner: '2KeywardDemo',
      scope: [],
      resources: ['https://api.example'],
      status: 'enabled',
      addresses: [],
      createdAt: 1,
      updatedAt: 1,
    },
  ],
  marked: (key, mark) => ({ ...key, name: mark }),
};

export interface RecordStore<T> {
  readonly registry: Registry<T>;
  /** The same records, as an authorizer or the token endpoint looks them up. */
  readonly lookup: Lookup<T>;
}

/** Records of one kind to try a store with. */
export interface Samples<T> {
  readonly kind: RecordKind<T>;
  /** Records of different ids, sorted by id, with every member present somewhere and absent somewhere. */
  readonly records: readonly [T, T, ...T[]];
  /** The same record with a trace that tells one writer from another. */
  marked(record: T, mark: string): T;
}

/** What every keeper of records promises. @param open a keeper without any record */
export function registryContract<T>(
  name: string,
  { kind, records, marked }: Samples<T>,
  open: () => Promise<RecordStore<T>>,
): void {
  const [sample] = records;
  const id = kind.idOf(sample);

  describe(`${kind.name} records in ${name}`, () => {
    let registry: Registry<T>;
    let lookup: Lookup<T>;
    beforeEach(async () => {
      ({ registry, lookup } = await open());
    });

    test('an unknown record is undefined, for operators and for whoever looks it up', async () => {
      expect(await registry.read('nobody')).toBeUndefined();
      expect(await lookup.find('nobody')).toBeUndefined();
      expect(await registry.list()).toEqual([]);
    });

    test('what was written is what is read, by both', async () => {
      for (const record of [...records].reverse()) {
        expect(await registry.create(record)).toBe(true);
        expect(await lookup.find(kind.idOf(record))).toEqual(record);
        expect(await registry.read(kind.idOf(record))).toEqual({ record, revision: 1 });
      }
      expect(await registry.list()).toEqual(records);
    });

    test('a record is created once', async () => {
      await registry.create(sample);
      expect(await registry.create(marked(sample, 'other'))).toBe(false);
      expect((await registry.read(id))?.record).toEqual(sample);
    });

    test('a change needs the revision that it was made from', async () => {
      await registry.create(sample);
      const two = marked(sample, 'two');
      expect(await registry.replace(two, 1)).toBe(true);
      expect(await registry.replace(marked(sample, 'three'), 1)).toBe(false);
      expect(await registry.read(id)).toEqual({ record: two, revision: 2 });
      expect(await registry.replace(records[1], 1)).toBe(false);
    });

    test('a removed record is gone, and nothing is removed twice', async () => {
      await registry.create(sample);
      expect([await registry.remove(id), await registry.remove(id)]).toEqual([true, false]);
      expect(await lookup.find(id)).toBeUndefined();
      expect(await registry.replace(sample, 1)).toBe(false);
    });

    test.each([2, 20, 50])(
      'of %d who create one record at once, exactly one does',
      async (writers) => {
        const tries = Array.from({ length: writers }, (_, i) => marked(sample, `n${i}`));
        const won = await Promise.all(tries.map((record) => registry.create(record)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect((await registry.read(id))?.record).toEqual(tries[won.indexOf(true)]);
      },
    );

    test.each([2, 20, 50])(
      'of %d who change one revision at once, exactly one does',
      async (writers) => {
        await registry.create(sample);
        const tries = Array.from({ length: writers }, (_, i) => marked(sample, `n${i}`));
        const won = await Promise.all(tries.map((record) => registry.replace(record, 1)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await registry.read(id)).toEqual({
          record: tries[won.indexOf(true)],
          revision: 2,
        });
      },
    );
  });
}
