import type { KeyRing } from '../keys/key-ring.ts';
import { Unavailable } from '../unavailable.ts';

/** Why there is no ring to sign with. Never the caller's fault: the answer is 503. */
export class RingUnavailable extends Unavailable {
  override readonly name = 'RingUnavailable';

  /** @param message a sentence of ours */
  constructor(message: string) {
    super('the key ring');
    this.message = message;
  }
}

/** The ring of signing keys, for those who sign. */
export interface SigningKeys {
  /**
   * The ring in force. From memory while it is fresh; a ring that cannot be read again is used for the hold of the
   * deployment. Throws `RingUnavailable` when there is none, when it is a sentinel or of an unknown schema.
   *
   * @param generation that the log has named: an older ring in memory is not fresh. @default 0
   */
  current(generation?: number): Promise<KeyRing>;
}
