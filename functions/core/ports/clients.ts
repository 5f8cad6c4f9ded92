import type { Client } from '../client.ts';

/** Looks up OAuth clients. */
export interface Clients {
  /**
   * The client of that id, or `undefined` when there is none; disabled clients are answered too.
   * Throws when the store cannot answer, when the record is broken, or when it is of a newer schema: the caller must
   * then say "unavailable", never "unknown client".
   */
  find(clientId: string): Promise<Client | undefined>;
}
