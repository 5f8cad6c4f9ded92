/** A record together with its revision, which a later `replace` must name. */
export interface Registered<T> {
  readonly record: T;
  readonly revision: number;
}

/** Keeps records of one kind for operators. Every write is one conditional write of one item. Reads are strongly consistent. */
export interface Registry<T> {
  read(id: string): Promise<Registered<T> | undefined>;
  /** @returns false when a record of that id exists already; nothing is written then */
  create(record: T): Promise<boolean>;
  /** @returns false when the record is no longer at `revision`; nothing is written then */
  replace(record: T, revision: number): Promise<boolean>;
  /** @returns false when there was no such record */
  remove(id: string): Promise<boolean>;
  /** All records, sorted by id. A scan: for operators only. */
  list(): Promise<readonly T[]>;
}
