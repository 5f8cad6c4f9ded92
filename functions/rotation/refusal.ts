/** Why a step did nothing. Every one of them leaves the keys as they were. */
export type RefusalReason =
  | 'unknown_event'
  | 'other_secret'
  | 'invalid_intent'
  /** Neither the ring, nor the published set, nor what was revoked lately has a key of that id. */
  | 'unknown_key'
  /** The token is neither the version in force nor the pending one. */
  | 'not_pending'
  | 'nothing_pending'
  /** The label moved while the step was looking. */
  | 'label_moved'
  | 'no_ring'
  | 'unknown_schema'
  | 'ring_broken'
  | 'newer_published'
  | 'publish_conflict'
  | 'not_published'
  | 'too_many_keys'
  | 'signature_fails'
  | 'too_early';

/** A step, or the making of the first ring, that must not go on. Its message is the reason and nothing else. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`rotation refused: ${reason}`);
    this.reason = reason;
  }
}
