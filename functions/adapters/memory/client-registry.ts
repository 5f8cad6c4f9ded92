import type { Client } from '../../core/client.ts';
import type { ClientRegistry, RegisteredClient } from '../../core/ports/client-registry.ts';
import type { Clients } from '../../core/ports/clients.ts';

/** Clients in memory, with the same promises as a table: asynchronous, and nothing is shared with the caller. */
export function memoryClientRegistry(initial: readonly Client[] = []): ClientRegistry & Clients {
  const records = new Map<string, RegisteredClient>(
    initial.map((client) => [client.clientId, structuredClone({ client, revision: 1 })]),
  );
  return {
    async find(clientId) {
      await anotherTurn();
      return structuredClone(records.get(clientId)?.client);
    },
    async read(clientId) {
      await anotherTurn();
      return structuredClone(records.get(clientId));
    },
    async create(client) {
      await anotherTurn();
      if (records.has(client.clientId)) return false;
      records.set(client.clientId, structuredClone({ client, revision: 1 }));
      return true;
    },
    async replace(client, revision) {
      await anotherTurn();
      if (records.get(client.clientId)?.revision !== revision) return false;
      records.set(client.clientId, structuredClone({ client, revision: revision + 1 }));
      return true;
    },
    async remove(clientId) {
      await anotherTurn();
      return records.delete(clientId);
    },
    async list() {
      await anotherTurn();
      return structuredClone([...records.values()])
        .map(({ client }) => client)
        .sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
    },
  };
}

/** Whoever relies on a store answering within the same turn is found out here. */
function anotherTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
