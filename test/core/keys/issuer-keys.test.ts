import { describe, expect, test } from 'vitest';
import { issuerKeys } from '../../../functions/core/keys/issuer-keys.ts';
import { importVerifier } from '../../../functions/core/tokens/signature.ts';
import { ring } from '../../support/ring.ts';

const now = 1_800_000_000;
const [old, fresh] = ring.keys.flatMap((key) => importVerifier({ ...key.public }) ?? []);
if (old === undefined || fresh === undefined) throw new Error('the ring has two keys');

/** Keys of an issuer whose set changes, and whose answers come when the test says so. */
function world() {
  const state = { keys: [old], answers: [] as (() => void)[], isHeld: false };
  const keys = issuerKeys({
    ...{ holdSeconds: 86_400, unknownKidReadSeconds: 30 },
    async fetch() {
      const read = state.keys.flatMap((key) => key ?? []);
      if (state.isHeld) await new Promise<void>((resolve) => state.answers.push(resolve));
      return { keys: read, freshSeconds: 300 };
    },
  });
  return { state, keys };
}

describe('a set that is said to change', () => {
  test('is read again by who comes next, who does not join a read that began before', async () => {
    const { state, keys } = world();
    state.isHeld = true;
    const early = keys.find(old.kid, now);
    state.keys = [fresh];
    keys.forget();
    const late = keys.find(fresh.kid, now);
    expect(state.answers).toHaveLength(2);
    for (const answer of state.answers) answer();
    expect((await late)?.kid).toBe(fresh.kid);
    await early;
  });

  test('is not kept as a read had it that began before', async () => {
    const { state, keys } = world();
    state.isHeld = true;
    const early = keys.find(old.kid, now);
    state.keys = [fresh];
    keys.forget();
    state.isHeld = false;
    for (const answer of state.answers) answer();
    await early;
    expect(await keys.find(old.kid, now + 1)).toBeUndefined();
  });

  test('is looked through for ids that were unknown, however lately somebody asked for them', async () => {
    const { state, keys } = world();
    await keys.find(old.kid, now);
    expect(await keys.find(fresh.kid, now)).toBeUndefined();
    state.keys = [old, fresh];
    expect(await keys.find(fresh.kid, now + 1)).toBeUndefined();
    keys.forget();
    expect((await keys.find(fresh.kid, now + 1))?.kid).toBe(fresh.kid);
  });

  test('is used while it cannot be read', async () => {
    const { state, keys } = world();
    await keys.find(old.kid, now);
    Object.defineProperty(state, 'keys', {
      get: () => {
        throw new Error('away');
      },
    });
    keys.forget();
    expect((await keys.find(old.kid, now + 1))?.kid).toBe(old.kid);
  });
});
