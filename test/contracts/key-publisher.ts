import { beforeEach, describe, expect, test } from 'vitest';
import type { PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import type { KeyPublisher } from '../../functions/core/ports/published-keys.ts';

/** A set of one key that carries its name in its `kid`. */
export function setOf(name: string, generation: number, revision: number): PublishedKeySet {
  const jwk = { kty: 'RSA', kid: name, alg: 'RS256', use: 'sig', n: 'AQAB', e: 'AQAB' } as const;
  return {
    v: 1,
    generation,
    revision,
    keys: [{ jwk, state: 'retired', publishedAt: 1, retiredAt: 2 }],
  };
}

/** What every keeper of the published set promises. @param open a keeper without any set */
export function keyPublisherContract(name: string, open: () => Promise<KeyPublisher>): void {
  describe(`published keys in ${name}`, () => {
    let keys: KeyPublisher;
    beforeEach(async () => {
      keys = await open();
    });

    test('there are none before the first write', async () => {
      expect(await keys.read()).toBeUndefined();
    });

    test('what was written is what is read', async () => {
      const set = setOf('one', 1, 1);
      expect(await keys.write(set, undefined)).toBe(true);
      expect(await keys.read()).toEqual(set);
      const next: PublishedKeySet = {
        ...set,
        revision: 2,
        keys: [
          { jwk: setOf('two', 1, 1).keys[0]?.jwk ?? expect.fail(), state: 'next', publishedAt: 9 },
        ],
      };
      expect(await keys.write(next, 1)).toBe(true);
      expect(await keys.read()).toEqual(next);
    });

    test('a first write does not replace what is there', async () => {
      const set = setOf('one', 1, 1);
      await keys.write(set, undefined);
      expect(await keys.write(setOf('two', 2, 1), undefined)).toBe(false);
      expect(await keys.read()).toEqual(set);
    });

    test('a write that names a revision needs a set of that revision', async () => {
      expect(await keys.write(setOf('one', 1, 2), 1)).toBe(false);
      expect(await keys.read()).toBeUndefined();
      const set = setOf('one', 1, 5);
      await keys.write(set, undefined);
      expect(await keys.write(setOf('two', 2, 6), 4)).toBe(false);
      expect(await keys.write(setOf('two', 2, 6), 6)).toBe(false);
      expect(await keys.read()).toEqual(set);
    });

    test('an older generation never follows a newer one; the same one may', async () => {
      const set = setOf('one', 7, 1);
      await keys.write(set, undefined);
      expect(await keys.write(setOf('two', 6, 2), 1)).toBe(false);
      expect(await keys.read()).toEqual(set);
      expect(await keys.write(setOf('two', 7, 2), 1)).toBe(true);
    });

    test('of many first writes at once exactly one wins', async () => {
      await race((name) => keys.write(setOf(name, 1, 1), undefined));
    });

    test('of many writes over one revision exactly one wins', async () => {
      await keys.write(setOf('one', 1, 1), undefined);
      await race((name) => keys.write(setOf(name, 2, 2), 1));
    });

    async function race(write: (name: string) => Promise<boolean>): Promise<void> {
      const names = Array.from({ length: 30 }, (_, index) => `racer-${index}`);
      const outcomes = await Promise.all(names.map(write));
      const winners = names.filter((_, index) => outcomes[index]);
      expect(winners).toHaveLength(1);
      expect((await keys.read())?.keys.map(({ jwk }) => jwk.kid)).toEqual(winners);
    }
  });
}
