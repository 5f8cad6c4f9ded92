/** The context of an authorizer as REST and WebSocket APIs hand it on: whoever reads it gets text. */
export function contextTexts(
  context: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]));
}
