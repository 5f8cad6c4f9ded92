import { parseClient } from '../../core/parse-client.ts';
import type { Clients } from '../../core/ports/clients.ts';
import type { DynamoReader } from './reader.ts';

/** Partition key of a client's item in the Clients table. */
export function clientKey(clientId: string): string {
  return `CL#${clientId}`;
}

/** Clients out of the Clients table, one consistent read each. */
export function dynamoClients(reader: DynamoReader, table: string): Clients {
  return {
    async find(clientId) {
      const record = await reader.getItem(table, { pk: clientKey(clientId) });
      if (record === undefined) return undefined;
      const client = parseClient(record);
      if (client.clientId !== clientId) throw new Error('a client record under a foreign key');
      return client;
    },
  };
}
