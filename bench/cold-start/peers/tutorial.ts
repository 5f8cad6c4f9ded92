import jsonwebtoken from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import { peerHandler } from '../../peers/peer-handler.ts';

const { ISSUER: issuer = '', AUDIENCE: audience = '', JWKS_URI = '' } = process.env;
const client = jwksRsa({ jwksUri: JWKS_URI, cache: true, rateLimit: true });

/** As most tutorials have it. */
export const handler: ReturnType<typeof peerHandler> = peerHandler(async (token) => {
  const header = jsonwebtoken.decode(token, { complete: true })?.header;
  const key = await client.getSigningKey(header?.kid);
  const options = { issuer, audience, algorithms: ['RS256' as const] };
  return Object(jsonwebtoken.verify(token, key.getPublicKey(), options));
});
