import { JwtVerifier } from 'aws-jwt-verify';
import { peerHandler } from '../../peers/peer-handler.ts';

const { ISSUER: issuer = '', AUDIENCE: audience = '', JWKS_URI: jwksUri = '' } = process.env;
const verifier = JwtVerifier.create({ issuer, audience, jwksUri });

/** As the guide of aws-jwt-verify has it. It fetches over https alone. */
export const handler: ReturnType<typeof peerHandler> = peerHandler((token) =>
  verifier.verify(token),
);
