import type { Scheme } from '../functions/core/routes/credential.ts';
import type { Routes } from '../functions/core/routes/route-policy.ts';

/** What a caller without a good credential is told. */
export interface Challenge {
  /** `realm` of the challenge. */
  readonly realm: string;
  /** Absolute https URL of the protected resource metadata (RFC 9728 §5.1). @default none */
  readonly resourceMetadata?: string;
  /** Lets scripts of this origin read the refusals. @default none */
  readonly allowOrigin?: string;
  /** Challenges for Basic too, which makes browsers open their password dialog. @default false */
  readonly basic?: boolean;
  /**
   * Status of every refusal of a good credential. 401 is what RFC 9470 wants of a step-up, and turns "scope missing" into a
   * 401 as well: a gateway response has one status. @default 403
   */
  readonly stepUpStatus?: 401 | 403;
}

/**
 * The `WWW-Authenticate` value of an API (RFC 9110 §11.6.1): one challenge per scheme that a route accepts, Bearer first,
 * without `error`, which is right for no credential and permitted for a bad one (RFC 6750 §3.1).
 */
export function challengeText(challenge: Challenge, routes: Routes): string {
  const { realm, resourceMetadata, basic = false } = challenge;
  if (!/^[\x20\x21\x23-\x26\x28-\x5b\x5d-\x7e]+$/.test(realm)) {
    throw new Error('the realm of a challenge must be printable, without quotes and backslashes');
  }
  if (resourceMetadata !== undefined && !/^https:\/\/[^\s"'\\]+$/.test(resourceMetadata)) {
    // A relative one is dropped in silence by those who look for it.
    throw new Error('resourceMetadata must be an absolute https URL (RFC 9728 §5.1)');
  }
  const accepted = new Set(
    Object.values(routes).flatMap((policy) => (policy.public ? [] : policy.schemes)),
  );
  const metadata =
    resourceMetadata === undefined ? '' : `, resource_metadata="${resourceMetadata}"`;
  const challenges: Readonly<Partial<Record<Scheme, string>>> = {
    bearer: `Bearer realm="${realm}"${metadata}`,
    apikey: `ApiKey realm="${realm}"`,
    ...(basic ? { basic: `Basic realm="${realm}", charset="UTF-8"` } : {}),
  };
  const texts = (['bearer', 'apikey', 'basic'] as const).flatMap((scheme) =>
    accepted.has(scheme) ? (challenges[scheme] ?? []) : [],
  );
  // RFC 9110 §15.5.2 wants a challenge in every 401; a certificate has none of its own.
  return texts.length === 0 ? `Certificate realm="${realm}"` : texts.join(', ');
}
