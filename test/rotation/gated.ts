import type { KeyPublisher } from '../../functions/core/ports/published-keys.ts';
import type { RingVersions } from '../../functions/core/ports/ring-versions.ts';
import type { RotationIntents } from '../../functions/core/ports/rotation-intents.ts';
import type { World } from './world.ts';

/** The ports of a world behind a gate that every call has to pass. */
export function gated(world: World, pass: () => Promise<void>): World {
  const gate = <T>(work: () => Promise<T>): Promise<T> => pass().then(work);
  const { versions, publisher, intents, revocations } = world;
  const gatedVersions: RingVersions = {
    describe: () => gate(() => versions.describe()),
    get: (id, label) => gate(() => versions.get(id, label)),
    putPending: (id, value, token) => gate(() => versions.putPending(id, value, token)),
    makeCurrent: (to, from) => gate(() => versions.makeCurrent(to, from)),
    detachPending: (id) => gate(() => versions.detachPending(id)),
  };
  const gatedPublisher: KeyPublisher = {
    read: () => gate(() => publisher.read()),
    write: (set, revision) => gate(() => publisher.write(set, revision)),
  };
  const gatedIntents: RotationIntents = {
    read: () => gate(() => intents.read()),
    write: (intent) => gate(() => intents.write(intent)),
    clear: () => gate(() => intents.clear()),
  };
  return {
    ...world,
    versions: gatedVersions,
    publisher: gatedPublisher,
    intents: gatedIntents,
    revocations: { record: (entry, expiresAt) => gate(() => revocations.record(entry, expiresAt)) },
  };
}
