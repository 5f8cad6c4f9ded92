import { createRemoteJWKSet, jwtVerify } from 'jose';
import { peerHandler } from '../../peers/peer-handler.ts';

const { ISSUER: issuer = '', AUDIENCE: audience = '', JWKS_URI = '' } = process.env;
const keys = createRemoteJWKSet(new URL(JWKS_URI));
const options = { issuer, audience, algorithms: ['RS256'], typ: 'at+jwt' };

/** As the guide of jose has it. */
export const handler: ReturnType<typeof peerHandler> = peerHandler(
  async (token) => (await jwtVerify(token, keys, options)).payload,
);
