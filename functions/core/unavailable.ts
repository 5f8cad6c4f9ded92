/** A dependency could not answer. Neither yes nor no: the caller is told to come back (RFC 9110 §15.6.4). */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable';
  readonly dependency: string;

  /** @param dependency a name of ours, never text from outside */
  constructor(dependency: string, options?: ErrorOptions) {
    super(`${dependency} is unavailable`, options);
    this.dependency = dependency;
  }
}

/** Runs a port's call; whatever it throws becomes `Unavailable`, with the cause kept for `faultOf`. */
export async function available<T>(dependency: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw cause instanceof Unavailable ? cause : new Unavailable(dependency, { cause });
  }
}
