/** Signature algorithms of the ring (RFC 7518 §3.1). RS256 is the default: native gateway authorizers verify RSA only. */
export type Algorithm = 'RS256' | 'ES256';

/** Every algorithm of the ring, in the order in which keys are made and listed. */
export const algorithms: readonly Algorithm[] = ['RS256', 'ES256'];

export function isAlgorithm(value: unknown): value is Algorithm {
  return value === 'RS256' || value === 'ES256';
}
