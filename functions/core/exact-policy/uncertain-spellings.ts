import type { RouteTemplate } from './route-template.ts';

/**
 * Globs of the requests that no answer allows, because nobody has written down which route serves them and what their
 * ARN looks like.
 *
 * - An empty segment: `GET/users/*` would match `GET/users/`. The root, `GET/`, is matched by neither glob.
 * - `/orders/%65xport`, where a template spells `export` out. A gateway that decodes before it selects the route and
 *   keeps the request's own spelling in the ARN would serve the export to whoever may read `GET/orders/*`. No client
 *   has to encode these characters (RFC 3986 §2.3, but for a `:`), so every character of a literal is refused encoded.
 */
export function uncertainSpellings(templates: readonly RouteTemplate[]): readonly string[] {
  const literals = templates.flatMap(({ segments }) =>
    segments.map((segment) => (segment.kind === 'literal' ? segment.text : '')),
  );
  const encoded = new Set([...new Set(literals.join(''))].flatMap(encodedSpellings));
  return ['*/*/', '*//*', ...[...encoded].sort().map((spelling) => `*${spelling}*`)];
}

/**
 * `%65` of `e`, as `%6?`: from `P` on, what shares the first digit needs no encoding either, or is a bracket, a brace
 * or the like. Before, it is `@`, `/`, a space and others that clients do send.
 */
function encodedSpellings(character: string): readonly string[] {
  const digits = character.charCodeAt(0).toString(16);
  if (digits >= '50') return [`%${digits.charAt(0)}?`];
  return [...new Set([`%${digits}`, `%${digits.toUpperCase()}`])];
}
