import { beforeEach, describe, expect, test } from 'vitest';
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

    test('a write that lost is not seen', async () => {
      const set = setOf('one', 5, 1);
      await publisher.write(set, undefined);
      await publisher.write(setOf('two', 6, 1), undefined);
      await publisher.write(setOf('old', 4, 2), 1);
      expect(await keys.read()).toEqual(set);
    });
  });
}
