import { hash } from 'node:crypto';

/** What a store must know of one kind of record in the Clients table. */
export interface RecordKind<T> {
  /** What the record is called in errors: `client`. */
  readonly name: string;
  /** Partition keys are this and the id: `CL#`. */
  readonly prefix: string;
  /** Schema number of what is written. */
  readonly schema: number;
  idOf(record: T): string;
  /** Reads a stored record. Throws when it is broken or of another schema: what cannot be read is not what does not exist. */
  parse(item: Readonly<Record<string, unknown>>): T;
}

/** Partition key of a record. */
export function recordKey<T>(kind: RecordKind<T>, id: string): string {
  return `${kind.prefix}${id}`;
}

/** The record in an item. Throws when the item is broken, of a newer schema, or kept under the key of another record. */
export function recordInItem<T>(kind: RecordKind<T>, item: Readonly<Record<string, unknown>>): T {
  if (item.v !== kind.schema) throw new Error(`a ${kind.name} record of another schema`);
  const record = kind.parse(item);
  if (item.pk === recordKey(kind, kind.idOf(record))) return record;
  throw new Error(`a ${kind.name} record under a foreign key`);
}

/** What the revocation log calls a record. Many may read it, and some ids are names of people. */
export function recordMark<T>(kind: RecordKind<T>, id: string): string {
  return hash('sha256', recordKey(kind, id), 'base64url');
}
