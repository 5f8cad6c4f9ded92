import { isAlgorithm } from '../tokens/algorithm.ts';
import type { PublicJwk } from './published-keys.ts';

/** Members beside `kty`, `kid`, `alg` and `use`, and what they must be (RFC 7518 §6.2.1, §6.3.1). */
const shapes = {
  RS256: { kty: 'RSA', fixed: {}, coordinates: ['n', 'e'] },
  ES256: { kty: 'EC', fixed: { crv: 'P-256' }, coordinates: ['x', 'y'] },
} as const;

/**
 * Reads the public half of a signing key (RFC 7517 §4). `undefined` for anything else, and for a key with a member too
 * many: that is how a private half would get out.
 */
export function parsePublicJwk(value: unknown): PublicJwk | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const jwk = value as Readonly<Record<string, unknown>>;
  const { kid, alg } = jwk;
  if (typeof kid !== 'string' || !/^[\w-]{1,128}$/.test(kid) || !isAlgorithm(alg)) return undefined;
  const { kty, fixed, coordinates } = shapes[alg];
  const wanted: Record<string, string> = { kty, kid, alg, use: 'sig', ...fixed };
  for (const name of coordinates) {
    const coordinate = jwk[name];
    if (typeof coordinate !== 'string' || !/^[\w-]+$/.test(coordinate)) return undefined;
    wanted[name] = coordinate;
  }
  const names = Object.keys(jwk);
  const isExact =
    names.length === Object.keys(wanted).length &&
    names.every((name) => jwk[name] === wanted[name]);
  return isExact ? { ...wanted, kty, kid, alg, use: 'sig' } : undefined;
}
