interface Held<From, Made> {
  readonly of: From | undefined;
  readonly made: Made;
}

/**
 * Makes something of an object, and keeps it on that object when it has come back. What it is made of must not change.
 *
 * It lies under a symbol that nobody else has; an entry in a WeakMap would cost a microsecond for each new object. Many
 * objects never come back: what is made of them the first time is garbage at once, which costs less than to carry it along.
 */
export function keptOnReturn<From extends object, Made>(
  make: (from: From) => Made,
): (from: From) => Made {
  const place = Symbol('kept');
  const seen = { of: undefined, made: undefined as Made };
  return (from: From & { [place]?: Held<From, Made> }) => {
    const held = from[place];
    // A copy brings the member along and is another object.
    if (held?.of === from) return held.made;
    const made = make(from);
    if (Object.isExtensible(from)) from[place] = held === undefined ? seen : { of: from, made };
    return made;
  };
}
