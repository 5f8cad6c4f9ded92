import type { Connection } from '../../core/connections/connection.ts';
import type { ConnectionWriter, OpenConnections } from '../../core/ports/connections.ts';
import { anotherTurn } from './another-turn.ts';

export interface MemoryConnections extends ConnectionWriter {
  of(stage: string): OpenConnections;
}

/** Connections in memory. @param pageItems how many a page has at most */
export function memoryConnections(pageItems = 2): MemoryConnections {
  const stages = new Map<string, Map<string, Connection>>();
  return {
    async add(stage, connection) {
      await anotherTurn();
      const connections = stages.get(stage) ?? new Map<string, Connection>();
      stages.set(stage, connections.set(connection.connectionId, structuredClone(connection)));
    },
    of: (stage) => ({
      async page(after = '') {
        await anotherTurn();
        const left = [...(stages.get(stage) ?? [])]
          .map(([, connection]) => structuredClone(connection))
          .filter(({ connectionId }) => connectionId > after)
          .sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
        const connections = left.slice(0, pageItems);
        const next = left.length > pageItems ? connections.at(-1)?.connectionId : undefined;
        return { connections, unreadable: 0, ...(next === undefined ? {} : { next }) };
      },
      async forget(connectionId) {
        await anotherTurn();
        stages.get(stage)?.delete(connectionId);
      },
    }),
  };
}
