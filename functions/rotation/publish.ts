import type { KeyRing } from '../core/keys/key-ring.ts';
import { publicHalf, withRetirement } from '../core/keys/publish-ring.ts';
import type { PublishedKeySet } from '../core/keys/published-keys.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { KeyPublisher } from '../core/ports/published-keys.ts';
import { RotationRefused } from './refusal.ts';

export interface Publishing {
  readonly publisher: KeyPublisher;
  readonly clock: Clock;
}

/** So often a write is tried while others write too. */
const attemptsMax = 3;

/**
 * Publishes the public half of a ring. Never goes back to an older ring: a call that arrives two rotations late would
 * take the signing key out of the set.
 *
 * @returns false when the set showed this ring already
 */
export function publish(ring: KeyRing, ports: Publishing): Promise<boolean> {
  return change(ports, (set, now) => {
    if (set !== undefined && set.generation > ring.generation) {
      throw new RotationRefused('newer_published');
    }
    const half = publicHalf(ring, set, now);
    const isShown =
      set?.generation === ring.generation && JSON.stringify(set.keys) === JSON.stringify(half.keys);
    return isShown ? undefined : half;
  });
}

/**
 * Publishes the ring in force once more.
 *
 * @param set as it was read before the ring was: any ring that has come into force since was published over it
 * @returns under which generation; `undefined` when the set is another one by now
 */
export async function republish(
  ring: KeyRing,
  set: PublishedKeySet | undefined,
  ports: Publishing,
): Promise<number | undefined> {
  // A newer generation belongs to a rotation that is under way; it publishes its own ring again when it goes on.
  const generation = Math.max(ring.generation, set?.generation ?? 0);
  const half = publicHalf({ ...ring, generation }, set, ports.clock.now());
  return (await ports.publisher.write(half, set?.revision)) ? generation : undefined;
}

/**
 * Dates the end of signing of the ring's retired keys. Only for a ring that is in force, and only while the set shows
 * it: when a newer one is published, the rotation that published it will do this.
 */
export function publishRetirement(ring: KeyRing, ports: Publishing): Promise<boolean> {
  return change(ports, (set, now) =>
    set?.generation === ring.generation ? withRetirement(ring, set, now) : undefined,
  );
}

/** Writes what becomes of the set, and again while others write too. @returns false when nothing was to be changed */
export async function change(
  ports: Publishing,
  next: (set: PublishedKeySet | undefined, now: number) => PublishedKeySet | undefined,
): Promise<boolean> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const now = ports.clock.now();
    const set = await ports.publisher.read();
    const changed = next(set, now);
    if (changed === undefined) return false;
    if (await ports.publisher.write(changed, set?.revision)) return true;
  }
  throw new RotationRefused('publish_conflict');
}
