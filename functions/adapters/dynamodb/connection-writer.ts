import { connectionKeepSeconds } from '../../core/durations.ts';
import type { ConnectionWriter } from '../../core/ports/connections.ts';
import type { DynamoCallOptions } from './call.ts';
import { dynamoWriter, setMembers } from './writer.ts';

export interface ConnectionWriterOptions extends Pick<DynamoCallOptions, 'env'> {
  /** '' where nobody closes connections. */
  readonly connectionsTable: string;
}

/** A handshake waits for it. */
const deadlineMs = 500;

/**
 * Connections in a table of their own: `<API id>/<stage>` / `<connection id>`. Written again, one is the same item.
 * `undefined` where there is no table.
 */
export function connectionWriter(options: ConnectionWriterOptions): ConnectionWriter | undefined {
  const { env, connectionsTable } = options;
  if (connectionsTable === '') return undefined;
  const writer = dynamoWriter({ env, deadlineMs });
  return {
    async add(stage, { connectionId, ...facts }) {
      const members = { v: 1, ...facts, ttl: facts.connectedAt + connectionKeepSeconds };
      await writer.updateItem(
        connectionsTable,
        setMembers({ pk: stage, sk: connectionId }, members),
      );
    },
  };
}
