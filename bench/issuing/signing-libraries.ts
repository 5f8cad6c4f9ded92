import { createPrivateKey } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { importJWK, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import type { SigningKey } from '../../functions/core/keys/key-ring.ts';
import type { AccessTokenClaims } from '../../functions/core/tokens/access-token.ts';

/** Makes a token of claims. */
export type Sign = (claims: AccessTokenClaims) => string | Promise<string>;

export type SigningLibrary = (key: SigningKey) => Sign | Promise<Sign>;

const typ = 'at+jwt';

/** What people sign JWTs with, each with the key imported beforehand, in the form that its guide calls best. */
export const signingLibraries: Readonly<Record<string, SigningLibrary>> = {
  async jose({ kid, alg, private: jwk }) {
    return signJwt(await importJWK(jwk, alg), { alg, kid, typ });
  },
  'jose, KeyObject'({ kid, alg, private: jwk }) {
    return signJwt(createPrivateKey({ key: { ...jwk }, format: 'jwk' }), { alg, kid, typ });
  },
  'fast-jwt'({ kid, alg, private: jwk }) {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const header = { alg, kid, typ };
    const sign = createSigner({ key: pem, algorithm: alg, kid, header, noTimestamp: true });
    return (claims) => sign({ ...claims });
  },
  jsonwebtoken({ kid, alg, private: jwk }) {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    const options = { algorithm: alg, header: { alg, kid, typ }, noTimestamp: true };
    return (claims) => jsonwebtoken.sign({ ...claims }, key, options);
  },
};

function signJwt(
  key: Parameters<SignJWT['sign']>[0],
  header: { readonly alg: string; readonly kid: string; readonly typ: string },
): Sign {
  return (claims) => {
    const { aud, ...others } = claims;
    return new SignJWT({ ...others, aud: aud as string }).setProtectedHeader(header).sign(key);
  };
}
