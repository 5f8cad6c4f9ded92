interface Held<From, Made> {
  readonly of: From;
  readonly made: Made;
}

/**
 * Makes something of an object once and keeps it on that object, for as long as it lives. What it is made of must not change.
 * It lies under a symbol that nobody else has; an entry in a WeakMap would cost a microsecond for each new object.
 */
export function madeOnce<From extends object, Made>(
  make: (from: From) => Made,
): (from: From) => Made {
  const place = Symbol('made once');
  return (from: From & { [place]?: Held<From, Made> }) => {
    const held = from[place];
    // A copy brings the member along and is another object.
    if (held?.of === from) return held.made;
    const made = make(from);
    if (Object.isExtensible(from)) from[place] = { of: from, made };
    return made;
  };
}
