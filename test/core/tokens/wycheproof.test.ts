import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeBase64url } from '../../../functions/core/base64url.ts';
import { fetchedIssuerKeys } from '../../../functions/core/keys/fetched-issuer-keys.ts';
import { parseStrictObject } from '../../../functions/core/strict-json.ts';
import { parseJwt } from '../../../functions/core/tokens/jwt.ts';

const folder = join(import.meta.dirname, '..', '..', 'vectors');
const files = [
  'json_web_signature_test.json',
  'json_web_key_test.json',
  'json_web_crypto_test.json',
] as const;

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  /** A compact JWS; one vector has the JSON serialization here. */
  readonly jws?: unknown;
  readonly jwe?: unknown;
  readonly result: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Group {
  readonly public?: Json;
  /** Symmetric keys have no other. */
  readonly private?: Json;
  readonly tests: readonly Vector[];
}

interface Case {
  readonly file: string;
  readonly group: Group;
  readonly vector: Vector;
}

/** Header members that the verifier does not let pass (RFC 7515 §4.1.11). */
const unsupported = ['crit', 'b64', 'zip', 'enc', 'cty'];

/**
 * The signature layer as the authorizers have it: strict segments, the group's keys as a fetched key set, the key's own
 * algorithm. Payloads of these vectors are no claims sets, so the rest of the verifier has nothing to read.
 */
async function accepts({ group, vector }: Case): Promise<boolean> {
  if (typeof vector.jws !== 'string') return false;
  const [header = '', payload = '', signature = '', ...more] = vector.jws.split('.');
  const bytes = decodeBase64url(header);
  const parsed = bytes === undefined ? undefined : parseStrictObject(bytes);
  const proof = decodeBase64url(signature);
  if (more.length > 0 || parsed === undefined || proof === undefined) return false;
  if (decodeBase64url(payload) === undefined) return false;
  if (unsupported.some((name) => Object.hasOwn(parsed, name))) return false;
  const set = group.public ?? group.private ?? {};
  // Some keys have no id and some tokens name none; tokens of the product always do.
  const named = (jwk: Json) => ({ kid: 'k', ...jwk });
  const members = Array.isArray(set.keys) ? (set.keys as readonly Json[]) : [set];
  const text = JSON.stringify({ keys: members.map(named) });
  const source = { fetch: async () => ({ text }) };
  const keys = fetchedIssuerKeys(source, 'https://id.example/jwks', ['RS256', 'ES256']);
  const only = members.length === 1 ? named(members[0] ?? {}).kid : undefined;
  const key = await keys.find(String(only ?? parsed.kid), 1);
  return key !== undefined && key.alg === parsed.alg && key.verify(`${header}.${payload}`, proof);
}

/** What is valid there and refused here, by file and tcId. Whatever else is refused fails the test. */
const disagreements: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  'json_web_signature_test.json': {
    'a symmetric key: tokens are verified by those who must not be able to sign them': [
      1, 348, 352, 357, 358, 359, 376, 377,
    ],
    'foreign base64 characters are skipped there (RFC 7515 §2 has none), under a symmetric key': [
      372, 373,
    ],
    'an empty payload is no claims set': [259, 264, 268, 272, 320, 325],
    'neither RS256 nor ES256': [
      265, 266, 267, 269, 270, 271, 273, 274, 275, 287, 288, 321, 322, 323, 326, 327, 328, 346, 347,
      350, 351,
    ],
  },
  'json_web_key_test.json': {
    'a symmetric key: tokens are verified by those who must not be able to sign them': [
      2, 13, 14, 15,
    ],
  },
  'json_web_crypto_test.json': {
    'a symmetric key: tokens are verified by those who must not be able to sign them': [1, 48],
    'encrypted tokens are not understood': [50, 67],
  },
};

describe('the JSON Web vectors of Project Wycheproof (C2SP)', () => {
  const cases = files.flatMap((file) => {
    const { testGroups } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      readonly testGroups: readonly Group[];
    };
    return testGroups.flatMap((group) =>
      group.tests.map((vector): Case => ({ file, group, vector })),
    );
  });

  test('none that is invalid is accepted (RFC 7515 §5.2, RFC 8725 §3)', async () => {
    const accepted: string[] = [];
    for (const one of cases) {
      if (one.vector.result === 'valid' || !(await accepts(one))) continue;
      accepted.push(`${one.file} ${one.vector.tcId} ${one.vector.comment}`);
    }
    expect(cases.length).toBeGreaterThan(500);
    expect(accepted).toEqual([]);
  });

  test('of the valid ones, exactly those are refused for which there is a reason', async () => {
    let accepted = 0;
    const refused = new Set<string>();
    for (const one of cases) {
      if (one.vector.result !== 'valid') continue;
      if (await accepts(one)) accepted += 1;
      else refused.add(`${one.file} ${one.vector.tcId}`);
    }
    const listed = Object.entries(disagreements).flatMap(([file, reasons]) =>
      Object.values(reasons).flatMap((ids) => ids.map((id) => `${file} ${id}`)),
    );
    expect([...refused].sort()).toEqual(listed.sort());
    expect(accepted).toBeGreaterThanOrEqual(10);
  });

  test('nothing encrypted is taken for a signed token (RFC 7519 §7.2)', () => {
    const encrypted = cases.flatMap(({ vector }) => vector.jwe ?? []);
    expect(encrypted.length).toBeGreaterThan(30);
    for (const jwe of encrypted) {
      expect(parseJwt(typeof jwe === 'string' ? jwe : JSON.stringify(jwe))).toBeUndefined();
    }
  });
});
