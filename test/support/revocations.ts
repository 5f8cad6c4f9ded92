import { memoryRevocationLog } from '../../functions/adapters/memory/revocation-log.ts';
import {
  followRevocations,
  type RevocationFollower,
} from '../../functions/core/revocation/follow-revocations.ts';
import {
  type Revocations,
  revocationView,
} from '../../functions/core/revocation/revocation-view.ts';

/** A log that nobody has written to. */
export const nothingRevoked: Revocations = revocationView();

/** Somebody who follows such a log. */
export function emptyLog(): RevocationFollower {
  return followRevocations({
    log: memoryRevocationLog(),
    pollSeconds: 5,
    maxStaleSeconds: 60,
    keepSeconds: 3_728,
  });
}
