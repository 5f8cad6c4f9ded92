import type { Client } from '../../core/client.ts';
import { parseClient } from '../../core/parse-client.ts';
import type { Clients } from '../../core/ports/clients.ts';
import type { DynamoReader } from './reader.ts';

/** Partition key of a client's item in the Clients table. */
export function clientKey(clientId: string): string {
  return `CL#${clientId}`;
}

/**
 * The client in an item of the Clients table. Throws when the item is broken, of a newer schema, or kept under the key
 * of another client.
 */
export function clientInItem(record: Readonly<Record<string, unknown>>): Client {
  const client = parseClient(record);
  if (record.pk === clientKey(client.clientId)) return client;
  throw new Error('a client record under a foreign key');
}

/** Clients out of the Clients table, one consistent read each. */
export function dynamoClients(reader: DynamoReader, table: string): Clients {
  return {
    async find(clientId) {
      const record = await reader.getItem(table, { pk: clientKey(clientId) });
      return record === undefined ? undefined : clientInItem(record);
    },
  };
}
