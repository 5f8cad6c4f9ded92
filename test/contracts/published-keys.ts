import { beforeEach, describe, expect, test } from 'vitest';
import type { PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import type { KeyPublisher, PublishedKeys } from '../../functions/core/ports/published-keys.ts';
import { setOf } from './key-publisher.ts';

export interface OpenedPublishedKeys {
  readonly publisher: KeyPublisher;
  /** The same set, as a verifier reads it. */
  readonly keys: PublishedKeys;
}

/** What every reader of the published set promises to verifiers. @param open one without any set */
export function publishedKeysContract(
  name: string,
  open: () => Promise<OpenedPublishedKeys>,
): void {
  describe(`published keys for verifiers in ${name}`, () => {
    let publisher: KeyPublisher;
    let keys: PublishedKeys;
    beforeEach(async () => {
      ({ publisher, keys } = await open());
    });

    test('there are none before rotation has written some', async () => {
      expect(await keys.read()).toBeUndefined();
    });

    test('what rotation has written is what is read, at once', async () => {
      for (const revision of [1, 2, 3]) {
        const set = setOf(`key-${revision}`, revision, revision);
        await publisher.write(set, revision === 1 ? undefined : revision - 1);
        expect(await keys.read()).toEqual(set);
      }
    });

    test('with the keys that were revoked, while there are some', async () => {
      const revoked: PublishedKeySet['revoked'] = [
        { id: 'one', use: 'sig', revokedAt: 5, generation: 3 },
        { id: 'two', use: 'mac', revokedAt: 5, generation: 3, endedAt: 6 },
      ];
      await publisher.write({ ...setOf('key', 3, 1), revoked }, undefined);
      expect((await keys.read())?.revoked).toEqual(revoked);
      expect((await publisher.read())?.revoked).toEqual(revoked);
      await publisher.write(setOf('key', 3, 2), 1);
      expect(await keys.read()).toEqual(setOf('key', 3, 2));
    });

    test('a write that lost is not seen', async () => {
      const set = setOf('one', 5, 1);
      await publisher.write(set, undefined);
      await publisher.write(setOf('two', 6, 1), undefined);
      await publisher.write(setOf('old', 4, 2), 1);
      expect(await keys.read()).toEqual(set);
    });
  });
}
