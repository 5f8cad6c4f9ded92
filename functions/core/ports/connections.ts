import type { Connection } from '../connections/connection.ts';

/** Remembers the connections of WebSocket APIs, so that they can be closed. */
export interface ConnectionWriter {
  /**
   * Once answered, whoever looks for open connections finds this one. Throws when that is not certain: nobody could close it,
   * so it must not be let in.
   *
   * @param stage `<API id>/<stage>`
   */
  add(stage: string, connection: Connection): Promise<void>;
}

export interface ConnectionsPage {
  readonly connections: readonly Connection[];
  /** How many there are beside them that this code does not understand. */
  readonly unreadable: number;
  /** Where to go on; absent: that was all. */
  readonly next?: string;
}

/** The remembered connections of one stage. Some of them may be over. Throws when the store cannot answer. */
export interface OpenConnections {
  /** Who goes through all pages has seen every connection that was added before and not forgotten. In no order. */
  page(after?: string): Promise<ConnectionsPage>;
  /** Forgets one; that it is not there is no error. */
  forget(connectionId: string): Promise<void>;
}

/** Ends connections of one stage. */
export interface ConnectionCloser {
  /**
   * `gone`: there is no such connection, or none yet: API Gateway knows it once its handshake is over. Throws when that
   * cannot be told.
   */
  close(connectionId: string): Promise<'closed' | 'gone'>;
}
