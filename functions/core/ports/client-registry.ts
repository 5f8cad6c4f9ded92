import type { Client } from '../client.ts';

/** A client together with the revision of its record, which a later `replace` must name. */
export interface RegisteredClient {
  readonly client: Client;
  readonly revision: number;
}

/** Keeps OAuth clients. Every write is one conditional write of one item. Reads are strongly consistent. */
export interface ClientRegistry {
  read(clientId: string): Promise<RegisteredClient | undefined>;
  /** @returns false when a client of that id exists already; nothing is written then */
  create(client: Client): Promise<boolean>;
  /** @returns false when the record is no longer at `revision`; nothing is written then */
  replace(client: Client, revision: number): Promise<boolean>;
  /** @returns false when there was no such client */
  remove(clientId: string): Promise<boolean>;
  /** All clients, sorted by id. A scan: for operators only. */
  list(): Promise<readonly Client[]>;
}
