import { expect, test } from 'vitest';
import { lastUseNotes } from '../../functions/core/last-use-notes.ts';

const now = 1_800_000_000;

test.each([1, 10_000])('the use of %i credentials in turn is noted once an hour', async (count) => {
  const noted: string[] = [];
  const lastUse = { note: async (id: string) => void noted.push(id) };
  const note = lastUseNotes(lastUse, { write: () => undefined });
  const ids = Array.from({ length: count }, (_, i) => `key${i}`);
  for (const id of [...ids, ...ids, ...ids]) await note(id, now);
  expect(noted).toEqual(ids);
  for (const id of ids) await note(id, now + 3_600);
  expect(noted).toEqual([...ids, ...ids]);
});

test('a credential beyond those that are remembered is noted too', async () => {
  const noted = new Set<string>();
  const note = lastUseNotes({ note: async (id) => void noted.add(id) }, { write: () => undefined });
  for (let i = 0; i <= 10_000; i += 1) await note(`key${i}`, now);
  expect(noted.size).toBe(10_001);
});
