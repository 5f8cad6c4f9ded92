import { beforeEach, describe, expect, test } from 'vitest';
import type { LastUse, LastUses } from '../../functions/core/ports/last-use.ts';

export interface LastUseStore {
  readonly lastUse: LastUse;
  readonly lastUses: LastUses;
}

const hour = 1_800_000_000;

/** What every keeper of last uses promises. @param open one that has seen nothing yet */
export function lastUseContract(name: string, open: () => Promise<LastUseStore>): void {
  describe(`last uses in ${name}`, () => {
    let lastUse: LastUse;
    let lastUses: LastUses;
    beforeEach(async () => {
      ({ lastUse, lastUses } = await open());
    });

    const read = async (...ids: string[]) => Object.fromEntries(await lastUses.read(ids));

    test('what was never used is absent, and to ask for nothing is no error', async () => {
      expect(await read('one', 'two')).toEqual({});
      expect(await read()).toEqual({});
    });

    test.each([
      [0, 0],
      [1, 0],
      [3_599, 0],
      [3_600, 3_600],
    ])('a use %i seconds after the hour is kept as that of second %i', async (after, kept) => {
      await lastUse.note('one', hour + after);
      expect(await read('one')).toEqual({ one: hour + kept });
    });

    test('the latest hour is kept, whoever comes last', async () => {
      for (const after of [0, 7_200, 3_600, 7_201]) await lastUse.note('one', hour + after);
      expect(await read('one')).toEqual({ one: hour + 7_200 });
    });

    test('of fifty who note at once none fails', async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, i) => lastUse.note('one', hour + (i % 3) * 3_600)),
      );
      expect(await read('one')).toEqual({ one: hour + 7_200 });
    });

    test('each has its own, of many as of few, and whoever is asked for twice is answered once', async () => {
      const ids = Array.from({ length: 130 }, (_, i) => `id${i}`);
      await Promise.all(ids.map((id, i) => lastUse.note(id, hour + i * 3_600)));
      const all = await lastUses.read([...ids, 'nobody', 'id7']);
      expect([...all].sort()).toEqual(ids.map((id, i) => [id, hour + i * 3_600]).sort());
    });
  });
}
