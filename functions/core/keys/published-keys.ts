import type { Algorithm } from '../tokens/algorithm.ts';

/** The public half of a signing key as a JWK (RFC 7517 §4), with the members that every reader relies on. */
export interface PublicJwk {
  readonly kty: string;
  readonly kid: string;
  readonly alg: Algorithm;
  readonly use: 'sig';
  readonly n?: string;
  readonly e?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
}

export type KeyState = 'next' | 'active' | 'retired';

export interface PublishedKey {
  readonly jwk: PublicJwk;
  readonly state: KeyState;
  /** Epoch seconds since when this key can be fetched by everybody: the proof for the publication lead. */
  readonly publishedAt: number;
  /** Epoch seconds at which signing with it ended. Absent until the label of the ring has really moved. */
  readonly retiredAt?: number;
}

/** What the Verification table says about the issuer's keys: nothing in it is secret. */
export interface PublishedKeySet {
  /** Schema of the stored item. */
  readonly v: 1;
  /** Generation of the ring that it shows. */
  readonly generation: number;
  /** Grows with every write; a writer names the revision that it has read. */
  readonly revision: number;
  readonly keys: readonly PublishedKey[];
  /** Keys that were revoked lately and must never come back; absent: none. */
  readonly revoked?: readonly RevokedKey[];
}

/** A key of the ring that nobody may trust any more. */
export interface RevokedKey {
  /** `kid` of a signing key, id of a MAC key. */
  readonly id: string;
  readonly use: 'sig' | 'mac';
  readonly revokedAt: number;
  /** Whatever ring was made without a look at this has a lower generation, whatever was made with one a higher. */
  readonly generation: number;
  /** Epoch seconds at which a ring without it was in force, and the revocation log had named it. */
  readonly endedAt?: number;
}
