import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeBase64url } from '../../functions/core/base64url.ts';
import { importVerifier } from '../../functions/core/signature.ts';
import { parseStrictObject } from '../../functions/core/strict-json.ts';

/** Wycheproof's JSON Web vectors (C2SP), where somebody put them beside the checkout; never part of it. */
const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'vectors');
const isThere = existsSync(join(folder, 'json_web_signature_test.json'));

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly jws: string;
  readonly result: string;
}

interface Group {
  readonly public?: Record<string, unknown>;
  readonly private?: Record<string, unknown>;
  readonly tests: readonly Vector[];
}

/** The signature layer as the authorizers have it: strict segments, a key of ours to use, its own algorithm. */
function accepts(jws: string, jwk: Record<string, unknown> | undefined): boolean {
  const [header = '', payload = '', signature = '', ...rest] = jws.split('.');
  const head = decodeBase64url(header);
  const parsed = head === undefined ? undefined : parseStrictObject(head);
  const bytes = decodeBase64url(signature);
  if (rest.length > 0 || parsed === undefined || bytes === undefined) return false;
  if (decodeBase64url(payload) === undefined) return false;
  if (['crit', 'b64', 'zip', 'enc'].some((name) => Object.hasOwn(parsed, name))) return false;
  // Some groups have no kid; a token of ours always does.
  const key = jwk === undefined ? undefined : importVerifier({ ...jwk, kid: jwk.kid ?? 'k' });
  return key !== undefined && key.alg === parsed.alg && key.verify(`${header}.${payload}`, bytes);
}

describe.skipIf(!isThere)(
  `Wycheproof's JWS vectors${isThere ? '' : ' (skipped: there are no vectors beside the checkout)'}`,
  () => {
    const groups = isThere
      ? (JSON.parse(readFileSync(join(folder, 'json_web_signature_test.json'), 'utf8'))
          .testGroups as readonly Group[])
      : [];
    const cases = groups.flatMap((group) => group.tests.map((vector) => ({ group, vector })));

    test('none that is invalid is accepted', () => {
      const accepted = cases
        .filter(({ vector }) => vector.result !== 'valid')
        .filter(({ group, vector }) => accepts(vector.jws, group.public ?? group.private));
      expect(cases.length).toBeGreaterThan(300);
      expect(accepted.map(({ vector }) => `${vector.tcId} ${vector.comment}`)).toEqual([]);
    });

    test('of the valid ones, all with RS256 or ES256 and a key of that algorithm are accepted', () => {
      const ours = cases.filter(
        ({ group, vector }) =>
          vector.result === 'valid' && ['RS256', 'ES256'].includes(String(group.public?.alg)),
      );
      const refused = ours
        .filter(({ group, vector }) => !accepts(vector.jws, group.public))
        .map(({ vector }) => `${vector.tcId} ${vector.comment}`);
      expect(ours.length).toBeGreaterThan(5);
      // An empty payload is signed well; the payload of a token is a JSON object.
      expect(refused).toEqual(['259 emptyPayload']);
    });
  },
);
