import {
  constants,
  createPrivateKey,
  createPublicKey,
  hash,
  type JsonWebKey,
  privateEncrypt,
  publicDecrypt,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Forgery, ForgeryTarget } from './forged-tokens.ts';
import { activeKey } from './ring.ts';

interface VectorGroup {
  readonly comment: string;
  readonly public?: JsonWebKey;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly jws: unknown;
    readonly result: string;
  }[];
}

const file = join(import.meta.dirname, '..', 'vectors', 'json_web_signature_test.json');

const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly testGroups: readonly VectorGroup[];
};

/** Every token of the signature vectors that is not empty, as it is: under keys that nobody here trusts, over no claims. */
export const vectorTokens: readonly Forgery[] = testGroups.flatMap((group) =>
  group.tests.flatMap(({ tcId, jws }) =>
    typeof jws !== 'string' || jws === ''
      ? []
      : [
          {
            id: `vector ${tcId}`,
            authorization: `Bearer ${jws}`,
            // The JSON serialization has commas, which make two of a header's one value.
            expect: [jws.includes(',') ? 'multiple_credentials' : 'malformed'],
          },
        ],
  ),
);

/**
 * The RSASSA-PKCS1-v1_5 paddings of Wycheproof, good and bad, under our own key (RFC 8017 §8.2.2). Of each signature the
 * padded block is recovered with the vector's public key; the digest in it is replaced by that of a token of ours; and the
 * block goes through our private key as it is. All that is wrong with such a token is its padding.
 */
export function transplantedSignatures({ ring, issuer, audience, now }: ForgeryTarget): Forgery[] {
  const key = activeKey('RS256', ring);
  const ours = createPrivateKey({ key: key.private as JsonWebKey, format: 'jwk' });
  const header = encode({ typ: 'at+jwt', alg: 'RS256', kid: key.kid });
  const claims = { iss: issuer, sub: 'orders', client_id: 'orders', aud: audience };

  return testGroups
    .filter(({ comment }) => comment === 'rs256')
    .flatMap((group) => {
      const theirs = createPublicKey({ key: group.public ?? {}, format: 'jwk' });
      return group.tests.flatMap(({ tcId, comment, jws, result }) => {
        const [head = '', body = '', signature = ''] = String(jws).split('.');
        const block = recovered(theirs, Buffer.from(signature, 'base64url'));
        const digest = hash('sha256', `${head}.${body}`, 'buffer');
        const at = block?.indexOf(digest) ?? -1;
        // Without the digest there is nothing to replace: the token would be refused for that alone.
        if (block === undefined || at < 0) return [];
        const jti = `transplant-${tcId}`;
        const input = `${header}.${encode({ ...claims, iat: now - 10, exp: now + 600, jti })}`;
        hash('sha256', input, 'buffer').copy(block, at);
        const signed = privateEncrypt({ key: ours, padding: constants.RSA_NO_PADDING }, block);
        const token = `${input}.${signed.toString('base64url')}`;
        return [
          {
            id: `padding of vector ${tcId}, ${comment}`,
            authorization: `Bearer ${token}`,
            expect: result === 'valid' ? [] : ['bad_signature'],
          },
        ];
      });
    });
}

/** The padded block of a signature; `undefined` where it is none of this key. */
function recovered(key: ReturnType<typeof createPublicKey>, signature: Buffer): Buffer | undefined {
  try {
    return publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return undefined;
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
