import { beforeEach, describe, expect, test } from 'vitest';
import type { Cuts } from '../../functions/core/ports/cuts.ts';

const now = 1_800_000_000;

/** What every keeper of cuts promises. @param open one that has cut nothing yet */
export function cutsContract(name: string, open: () => Promise<Cuts>): void {
  describe(`cuts in ${name}`, () => {
    let cuts: Cuts;
    beforeEach(async () => {
      cuts = await open();
    });

    test('what was never cut has none, and nothing is owed', async () => {
      expect(await cuts.read('client', 'orders')).toBeUndefined();
      expect(await cuts.owed()).toEqual([]);
    });

    test('a cut only ever grows', async () => {
      for (const after of [10, 30, 20]) await cuts.raise('client', 'orders', now + after);
      expect(await cuts.read('client', 'orders')).toBe(now + 30);
    });

    test('levels and ids have their own, whatever an id looks like', async () => {
      const ids = ['orders', 'https://idp.example orders', '~', '-', 'CUT#subject'];
      await Promise.all(ids.map((id, i) => cuts.raise('client', id, now + i)));
      await cuts.raise('subject', 'orders', now + 100);
      expect(await Promise.all(ids.map((id) => cuts.read('client', id)))).toEqual(
        ids.map((_, i) => now + i),
      );
      expect(await cuts.read('subject', 'orders')).toBe(now + 100);
      expect(await cuts.read('subject', '~')).toBeUndefined();
      const owed = (await cuts.owed()).map(({ level, id, cut }) => `${cut} ${level} ${id}`);
      expect(owed.sort()).toEqual([
        ...ids.map((id, i) => `${now + i} client ${id}`),
        `${now + 100} subject orders`,
      ]);
    });

    test('is owed until it is settled, and again once it has grown', async () => {
      await cuts.raise('subject', 'alice', now);
      expect(await cuts.owed()).toEqual([{ level: 'subject', id: 'alice', cut: now }]);
      await cuts.settle('subject', 'alice', now);
      await cuts.settle('subject', 'alice', now);
      expect(await cuts.owed()).toEqual([]);
      expect(await cuts.read('subject', 'alice')).toBe(now);
      await cuts.raise('subject', 'alice', now);
      expect(await cuts.owed()).toEqual([]);
      await cuts.raise('subject', 'alice', now + 1);
      expect(await cuts.owed()).toEqual([{ level: 'subject', id: 'alice', cut: now + 1 }]);
    });

    test('one that has grown is not settled by whoever raised less', async () => {
      await cuts.raise('client', 'orders', now);
      await cuts.raise('client', 'orders', now + 1);
      await cuts.settle('client', 'orders', now);
      expect(await cuts.owed()).toEqual([{ level: 'client', id: 'orders', cut: now + 1 }]);
    });

    test('what was never raised is not settled into being', async () => {
      await cuts.settle('client', 'orders', now);
      expect(await cuts.read('client', 'orders')).toBeUndefined();
    });

    test('of fifty who raise it at once the latest wins', async () => {
      const raised = Array.from({ length: 50 }, (_, i) => now + ((i * 37) % 50));
      await Promise.all(raised.map((cut) => cuts.raise('client', 'orders', cut)));
      expect(await cuts.read('client', 'orders')).toBe(now + 49);
    });
  });
}
