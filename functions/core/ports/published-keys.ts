import type { PublishedKeySet } from '../keys/published-keys.ts';

/** Reads the issuer's public keys as the Verification table has them. */
export interface PublishedKeys {
  /**
   * A strongly consistent read. `undefined` when nothing was published yet.
   * Throws when the store cannot answer, when the item is broken or of a newer schema.
   */
  read(): Promise<PublishedKeySet | undefined>;
}

/** The writing half; only rotation has it. */
export interface KeyPublisher extends PublishedKeys {
  /**
   * Writes the set if the stored one still has `revisionRead` (`undefined`: there was none) and no newer generation.
   * @returns false when it was not written
   */
  write(set: PublishedKeySet, revisionRead: number | undefined): Promise<boolean>;
}
