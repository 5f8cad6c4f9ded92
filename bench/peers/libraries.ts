import { JwtVerifier } from 'aws-jwt-verify';
import { createVerifier } from 'fast-jwt';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import type { FloorAlgorithm } from '../decisions/floors.ts';
import type { Verify } from './peer-handler.ts';
import { algorithms, type Check, type PeerWorld } from './tokens.ts';

/** A library, set up as its own guide does. */
export interface Library {
  readonly name: string;
  readonly algorithms: readonly FloorAlgorithm[];
  /** All that it can be asked to check. */
  readonly checks: readonly Check[];
  /** With caches of its own, for tokens of this one algorithm. */
  readonly verifier: (alg: FloorAlgorithm) => Verify;
}

const claims = ['signature', 'iss', 'aud', 'exp'] as const;

/**
 * What people verify bearer tokens with.
 *
 * @param jwksUri where those fetch keys that do
 */
export function libraries(world: PeerWorld, jwksUri: string): readonly Library[] {
  const { issuer, audience } = world;
  return [
    {
      ...{ name: 'aws-jwt-verify', algorithms, checks: claims },
      verifier(alg) {
        const verifier = JwtVerifier.create({ issuer, audience, jwksUri });
        // The algorithm is the key's, so it gets the key of that one alone.
        const keys = world.keySet.keys.filter((key) => key.alg === alg);
        verifier.cacheJwks({ keys: [...keys] });
        return (token) => verifier.verify(token);
      },
    },
    {
      ...{ name: 'jose', algorithms, checks: [...claims, 'typ'] },
      verifier(alg) {
        const keys = createRemoteJWKSet(new URL(jwksUri));
        const options = { issuer, audience, algorithms: [alg], typ: 'at+jwt' };
        return async (token) => (await jwtVerify(token, keys, options)).payload;
      },
    },
    fastJwt('fast-jwt', world, false),
    fastJwt('fast-jwt, cache', world, 1_000),
    {
      ...{ name: 'jsonwebtoken, jwks-rsa', algorithms: ['RS256', 'ES256'], checks: claims },
      verifier(alg) {
        if (alg === 'EdDSA') throw new Error('jsonwebtoken has no EdDSA');
        const client = jwksRsa({ jwksUri, cache: true, rateLimit: true });
        const options = { issuer, audience, algorithms: [alg] };
        return async (token) => {
          const header = jsonwebtoken.decode(token, { complete: true })?.header;
          const key = await client.getSigningKey(header?.kid);
          return Object(jsonwebtoken.verify(token, key.getPublicKey(), options));
        };
      },
    },
  ];
}

function fastJwt(
  name: string,
  { issuer, audience, publicKey }: PeerWorld,
  cache: number | false,
): Library {
  return {
    ...{ name, algorithms, checks: [...claims, 'typ'] },
    verifier: (alg) =>
      createVerifier({
        key: publicKey(alg).export({ type: 'spki', format: 'pem' }),
        algorithms: [alg],
        allowedIss: issuer,
        allowedAud: audience,
        checkTyp: 'at+jwt',
        cache,
      }),
  };
}
