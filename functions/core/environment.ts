export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration of a function is wrong. Names every variable at once, with what is allowed; never a value. */
export class InvalidEnvironment extends Error {
  override readonly name = 'InvalidEnvironment';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`invalid environment: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Reads typed values out of environment variables and collects everything that is wrong with them. */
export class EnvironmentReader {
  readonly #environment: Environment;
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string, isValid: (value: string) => boolean = (value) => value !== ''): string {
    const value = this.#environment[name] ?? '';
    if (!isValid(value))
      this.#problems.push(`${name} is ${value === '' ? 'missing' : 'not valid'}`);
    return value;
  }

  integer(name: string, bounds: { readonly min: number; readonly max: number }): number {
    const text = this.#environment[name] ?? '';
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= bounds.min && value <= bounds.max)) {
      this.#problems.push(`${name} must be an integer from ${bounds.min} to ${bounds.max}`);
    }
    return value;
  }

  /** Space-separated values. */
  list(name: string, isValid: (value: string) => boolean = () => true): readonly string[] {
    const text = this.#environment[name];
    const values = text === undefined || text === '' ? [] : text.split(' ');
    if (text === undefined) this.#problems.push(`${name} is missing`);
    if (!values.every(isValid)) this.#problems.push(`${name} has a value that is not valid`);
    return values;
  }

  /** The configuration, or `InvalidEnvironment` when anything was wrong. */
  done<T>(config: T): T {
    if (this.#problems.length > 0) throw new InvalidEnvironment(this.#problems);
    return config;
  }
}
