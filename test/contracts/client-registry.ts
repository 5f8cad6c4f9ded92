import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../functions/core/client.ts';
import type { ClientRegistry } from '../../functions/core/ports/client-registry.ts';
import type { Clients } from '../../functions/core/ports/clients.ts';

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
  secrets: [
    { id: 's1', hash: 'h1', hint: 'abcd', createdAt: 1 },
    { id: 's2', hash: 'h2', hint: 'efgh', createdAt: 2, expiresAt: 3 },
  ],
  createdAt: 1,
  updatedAt: 2,
};

export interface ClientStore {
  readonly registry: ClientRegistry;
  /** The same clients, as the token endpoint looks them up. */
  readonly clients: Clients;
}

/** What every keeper of clients promises. @param open a keeper without any client */
export function clientRegistryContract(name: string, open: () => Promise<ClientStore>): void {
  describe(`clients in ${name}`, () => {
    let registry: ClientRegistry;
    let clients: Clients;
    beforeEach(async () => {
      ({ registry, clients } = await open());
    });

    test('an unknown client is undefined, for operators and for the token endpoint', async () => {
      expect(await registry.read('nobody')).toBeUndefined();
      expect(await clients.find('nobody')).toBeUndefined();
      expect(await registry.list()).toEqual([]);
    });

    test('what was written is what is read, by both', async () => {
      const { accessTokenLifetimeSeconds: _lifetime, ...plain } = someClient;
      for (const client of [
        someClient,
        { ...plain, clientId: 'plain', secrets: [], scope: [], defaultScope: [] },
      ]) {
        expect(await registry.create(client)).toBe(true);
        expect(await clients.find(client.clientId)).toEqual(client);
        expect(await registry.read(client.clientId)).toEqual({ client, revision: 1 });
      }
      expect((await registry.list()).map(({ clientId }) => clientId)).toEqual(['orders', 'plain']);
    });

    test('a client is created once', async () => {
      await registry.create(someClient);
      expect(await registry.create({ ...someClient, name: 'Other' })).toBe(false);
      expect((await registry.read('orders'))?.client.name).toBe('Orders');
    });

    test('a change needs the revision that it was made from', async () => {
      await registry.create(someClient);
      expect(await registry.replace({ ...someClient, name: 'Two' }, 1)).toBe(true);
      expect(await registry.replace({ ...someClient, name: 'Three' }, 1)).toBe(false);
      expect(await registry.read('orders')).toMatchObject({ client: { name: 'Two' }, revision: 2 });
      expect(await registry.replace({ ...someClient, clientId: 'nobody' }, 1)).toBe(false);
    });

    test('a removed client is gone, and nobody is removed twice', async () => {
      await registry.create(someClient);
      expect([await registry.remove('orders'), await registry.remove('orders')]).toEqual([
        true,
        false,
      ]);
      expect(await clients.find('orders')).toBeUndefined();
      expect(await registry.replace(someClient, 1)).toBe(false);
    });

    test.each([2, 20, 50])(
      'of %d who create one client at once, exactly one does',
      async (writers) => {
        const won = await Promise.all(
          Array.from({ length: writers }, (_, i) =>
            registry.create({ ...someClient, name: `n${i}` }),
          ),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        expect((await registry.read('orders'))?.client.name).toBe(`n${won.indexOf(true)}`);
      },
    );

    test.each([2, 20, 50])(
      'of %d who change one revision at once, exactly one does',
      async (writers) => {
        await registry.create(someClient);
        const won = await Promise.all(
          Array.from({ length: writers }, (_, i) =>
            registry.replace({ ...someClient, name: `n${i}` }, 1),
          ),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await registry.read('orders')).toMatchObject({
          client: { name: `n${won.indexOf(true)}` },
          revision: 2,
        });
      },
    );
  });
}
