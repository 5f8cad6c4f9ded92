const expression = /^\$(?:request\.body((?:\.[\w-]+)+)|\{request\.body((?:\.[\w-]+)+)\})$/;

/**
 * Compiles the expression by which a message names its route: `$request.body.action`, or a member further in.
 * @returns reads the name out of a message; `undefined` where the message is no JSON or has no such member
 */
export function routeSelection(
  text: string,
): ((message: string) => string | undefined) | undefined {
  const [, plain, braced] = expression.exec(text) ?? [];
  const path = (plain ?? braced)?.slice(1).split('.');
  if (path === undefined) return undefined;
  return (message) => {
    let value: unknown = parsed(message);
    for (const name of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
        return undefined;
      }
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
  };
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
