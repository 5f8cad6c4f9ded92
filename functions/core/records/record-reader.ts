/** Reads the members of a stored record; throws, naming kind and member and never a value, at the first that is broken. */
export class RecordReader {
  readonly #kind: string;
  readonly #item: Readonly<Record<string, unknown>>;
  readonly #within: string | undefined;

  /** @param within the member of the outer record that this one stands in; it is what an error names */
  constructor(kind: string, item: Readonly<Record<string, unknown>>, within?: string) {
    this.#kind = kind;
    this.#item = item;
    this.#within = within;
  }

  text(member: string): string {
    const value = this.#item[member];
    if (typeof value !== 'string') throw this.broken(member);
    return value;
  }

  textOr<T>(member: string, absent: T): string | T {
    return this.#item[member] === undefined ? absent : this.text(member);
  }

  /** base64url of a SHA-256. A record with anything else there is broken, and not one that no secret fits. */
  digest(member: string): string {
    const value = this.text(member);
    if (!/^[A-Za-z0-9_-]{43}$/.test(value)) throw this.broken(member);
    return value;
  }

  /** A text of a closed set. */
  oneOf<T extends string>(member: string, allowed: readonly T[]): T {
    const value = allowed.find((one) => one === this.#item[member]);
    if (value === undefined) throw this.broken(member);
    return value;
  }

  texts(member: string): readonly string[] {
    return this.#list(member).map((value) => {
      if (typeof value !== 'string') throw this.broken(member);
      return value;
    });
  }

  textsOr<T>(member: string, absent: T): readonly string[] | T {
    return this.#item[member] === undefined ? absent : this.texts(member);
  }

  /** A whole number, 0 or more: epoch seconds or a count. */
  integer(member: string): number {
    const value = this.#item[member];
    if (!(Number.isSafeInteger(value) && Number(value) >= 0)) throw this.broken(member);
    return Number(value);
  }

  integerOr<T>(member: string, absent: T): number | T {
    return this.#item[member] === undefined ? absent : this.integer(member);
  }

  /** Records within the record. */
  nested(member: string): readonly RecordReader[] {
    return this.#list(member).map((value) => this.#inner(member, value));
  }

  /** One record within the record. */
  one(member: string): RecordReader {
    return this.#inner(member, this.#item[member]);
  }

  broken(member: string): Error {
    return new Error(`a ${this.#kind} record with a broken ${this.#within ?? member}`);
  }

  #list(member: string): readonly unknown[] {
    const value = this.#item[member];
    if (!Array.isArray(value)) throw this.broken(member);
    return value;
  }

  #inner(member: string, value: unknown): RecordReader {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.broken(member);
    return new RecordReader(this.#kind, value as Readonly<Record<string, unknown>>, member);
  }
}
