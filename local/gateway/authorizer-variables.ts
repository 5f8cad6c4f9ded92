/** The context of an authorizer's answer as `$context` shows it. Only text, numbers and booleans have a name there. */
export function authorizerVariables(
  context: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(context)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .map(([name, value]) => [`authorizer.${name}`, String(value)]),
  );
}
