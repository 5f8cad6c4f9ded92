import { patternsMeet } from './patterns-meet.ts';
import { globOf, type RouteTemplate } from './route-template.ts';
import { templatePattern } from './template-pattern.ts';

/** `GET/users/*` would match `GET/users/`. The root, `GET/`, is matched by neither glob. */
const emptySegments = ['*/*/', '*//*'];

/**
 * `/orders/x/../export`, with an encoded dot or encoded slashes too. They lead from any route to any other. Globs cannot
 * name a whole segment in every spelling: `..x` and `a%2Eb`, which no client has to send, go the same way.
 */
const dotSegments = ['*/.', '*/./*', '*/..*', ...encoded('.'), '*%2F..*', '*%2f..*'];

/** A word that no template holds. */
const odd = { word: '*' };

/**
 * Globs of the requests that no answer allows, because nobody has written down which route serves them and what their ARN
 * looks like: a gateway may decode, split and clean a path before it selects the route, and keep the caller's own spelling
 * in the ARN. Empty segments and dot segments are always among them; the rest only where a caller may be granted one route
 * and refused another whose requests, respelt, the glob of the first takes.
 *
 * - `/orders/%65xport` is taken by `GET/orders/*` and may be the export. Every character of such a literal is refused
 *   encoded. No client has to encode it (RFC 3986 §2.3); a `:` is the one that some do.
 * - `/users/7%2Froles` may be the roles. Below `/users/`, an encoded slash is refused; elsewhere it is data.
 * - `/users/me;v=1` may be `/users/me`. Where there is anything of the kind, a bare `;` is refused everywhere. An encoded
 *   one is always data: whoever reads parameters takes them off before it decodes (RFC 3986 §2.2, §3.3).
 *
 * @param canDiffer may a caller be granted the first and refused the second of these routes?
 */
export function uncertainSpellings(
  templates: readonly RouteTemplate[],
  canDiffer: (granted: number, refused: number) => boolean,
): readonly string[] {
  const characters = new Set<string>();
  const areas = new Set<string>();
  for (const [granted, template] of templates.entries()) {
    const glob = templatePattern(template, 'some');
    if (!glob.includes('some')) continue;
    // What is cleaned away leaves nothing: then a `*` of the glob has taken no word of the path that is served.
    const cleaned = glob.map((item) => (item === 'some' ? 'any' : item));
    for (const [refused, other] of templates.entries()) {
      if (!canDiffer(granted, refused)) continue;
      const request = templatePattern(other, 'one');
      if (patternsMeet(cleaned, request)) areas.add(areaOf(template));
      for (const [index, segment] of other.segments.entries()) {
        if (segment.kind !== 'literal') continue;
        if (!patternsMeet(glob, request.with(index + 1, odd))) continue;
        for (const character of segment.text) characters.add(character);
      }
    }
  }
  const widest = [...areas].filter(
    (area) => ![...areas].some((other) => other !== area && area.startsWith(other)),
  );
  const spellings = [...characters].sort().flatMap(encoded);
  return [
    ...new Set([...emptySegments, ...dotSegments, ...spellings]),
    ...widest.flatMap((area) => [`${area}*%2F*`, `${area}*%2f*`]),
    ...(areas.size === 0 ? [] : ['*;*']),
  ];
}

/** What comes before the first `{x}` of a route, under any verb. In the glob of `ANY` the verb's `*` takes segments along. */
function areaOf(template: RouteTemplate): string {
  const { verb } = template;
  return verb === 'ANY' ? '' : `*${globOf(template).slice(verb.length).replace(/\*.*/, '')}`;
}

/** `%6F` and `%6f` of `o`. */
function encoded(character: string): readonly string[] {
  const digits = character.charCodeAt(0).toString(16);
  return [...new Set([digits.toUpperCase(), digits])].map((one) => `*%${one}*`);
}
