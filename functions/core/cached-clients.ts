import type { Client } from './client.ts';
import type { Clients } from './ports/clients.ts';
import type { Clock } from './ports/clock.ts';

export interface CachedClientsOptions {
  readonly ttlSeconds: number;
  readonly clock: Clock;
  /** Of known and of unknown clients each. @default 1000 */
  readonly entriesMax?: number;
}

interface Entry {
  readonly client: Client | undefined;
  readonly readAt: number;
}

/**
 * Clients from memory for `ttlSeconds`. That a client is unknown is remembered for as long: otherwise the time of an
 * answer would tell a known client with a wrong secret from an unknown one. The two live apart, so that made-up ids push
 * no real client out. A store that fails is passed on: an entry is never used beyond its time.
 */
export function cachedClients(clients: Clients, options: CachedClientsOptions): Clients {
  const { clock, ttlSeconds, entriesMax = 1_000 } = options;
  const known = new Map<string, Entry>();
  const unknown = new Map<string, Entry>();
  const underWay = new Map<string, Promise<Client | undefined>>();

  return {
    async find(clientId) {
      const now = clock.now();
      const entry = known.get(clientId) ?? unknown.get(clientId);
      if (entry !== undefined && now >= entry.readAt && now - entry.readAt < ttlSeconds) {
        keep(clientId, entry);
        return entry.client;
      }
      let read = underWay.get(clientId);
      if (read === undefined) {
        read = look(clientId, now).finally(() => underWay.delete(clientId));
        underWay.set(clientId, read);
      }
      return read;
    },
  };

  async function look(clientId: string, now: number): Promise<Client | undefined> {
    const client = await clients.find(clientId);
    known.delete(clientId);
    unknown.delete(clientId);
    if (ttlSeconds > 0) keep(clientId, { client, readAt: now });
    return client;
  }

  /** Puts an entry last in line; whoever stands first is the one to leave. */
  function keep(clientId: string, entry: Entry): void {
    const entries = entry.client === undefined ? unknown : known;
    entries.delete(clientId);
    entries.set(clientId, entry);
    if (entries.size <= entriesMax) return;
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  }
}
