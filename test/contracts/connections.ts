import { beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../functions/core/connections/connection.ts';
import type { ConnectionWriter, OpenConnections } from '../../functions/core/ports/connections.ts';

export interface ConnectionStore {
  readonly writer: ConnectionWriter;
  /** Pages of two. */
  of(stage: string): OpenConnections;
}

const connectedAt = 1_800_000_000;
const stage = 'abcdefghij/live';
const bearer: Connection = {
  connectionId: 'ZLr3FfZIoAMCKMw=',
  connectedAt,
  scheme: 'bearer',
  credentialId: 'jti-1',
  expiresAt: connectedAt + 600,
  marks: { token: 'jti-1', client: 'orders', subject: 's', key: 'k', issuedAt: connectedAt - 1 },
};
const samples: readonly Connection[] = [
  bearer,
  {
    ...bearer,
    connectionId: 'a=',
    credentialId: '',
    marks: {
      subject: 's',
      key: 'https://idp.example k',
      issuedAt: 0,
      grant: 'https://idp.example g',
    },
  },
  { connectionId: 'b=', connectedAt, scheme: 'apikey', credentialId: 'abcdefghijkm' },
  { connectionId: 'c=', connectedAt, scheme: 'apikey', credentialId: 'abcdefghijkm', expiresAt: 7 },
  { connectionId: 'd=', connectedAt, scheme: 'basic', credentialId: 'jörg', secretSetAt: 9 },
];

/** What every store of connections promises. @param open one that has none yet */
export function connectionsContract(name: string, open: () => Promise<ConnectionStore>): void {
  describe(`connections in ${name}`, () => {
    let writer: ConnectionWriter;
    let connections: OpenConnections;
    let others: OpenConnections;
    beforeEach(async () => {
      const store = await open();
      writer = store.writer;
      connections = store.of(stage);
      others = store.of('abcdefghij/other');
    });

    test('a stage without any has one page, with nothing on it', async () => {
      expect(await connections.page()).toEqual({ connections: [], unreadable: 0 });
    });

    test('all that were added are on one of the pages, as they were added', async () => {
      for (const sample of samples) await writer.add(stage, sample);
      const pages = await allPages(connections);
      expect(pages.length).toBeGreaterThanOrEqual(3);
      expect(byId(pages.flat())).toEqual(byId(samples));
    });

    test('of no other stage', async () => {
      await writer.add(stage, bearer);
      expect(await allPages(others)).toEqual([[]]);
      await others.forget(bearer.connectionId);
      expect((await allPages(connections)).flat()).toHaveLength(1);
    });

    test('added twice, it is there once; forgotten, it is gone, and to forget it again is no error', async () => {
      await writer.add(stage, bearer);
      await writer.add(stage, bearer);
      expect((await allPages(connections)).flat()).toEqual([bearer]);
      await connections.forget(bearer.connectionId);
      await connections.forget(bearer.connectionId);
      expect((await allPages(connections)).flat()).toEqual([]);
    });

    test('forgetting what a page has shown hides nothing of the pages after it', async () => {
      for (const sample of samples) await writer.add(stage, sample);
      const pages = await allPages(connections, ({ connectionId }) =>
        connections.forget(connectionId),
      );
      expect(byId(pages.flat())).toEqual(byId(samples));
      expect((await allPages(connections)).flat()).toEqual([]);
    });
  });
}

async function allPages(
  connections: OpenConnections,
  each: (connection: Connection) => Promise<void> = async () => undefined,
): Promise<readonly (readonly Connection[])[]> {
  const pages: (readonly Connection[])[] = [];
  let after: string | undefined;
  do {
    const page = await connections.page(after);
    expect(page.unreadable).toBe(0);
    for (const connection of page.connections) await each(connection);
    pages.push(page.connections);
    after = page.next;
  } while (after !== undefined);
  return pages;
}

function byId(connections: readonly Connection[]): readonly Connection[] {
  return [...connections].sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
}
