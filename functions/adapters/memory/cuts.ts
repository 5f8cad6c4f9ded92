import type { Cuts, OwedCut } from '../../core/ports/cuts.ts';
import { anotherTurn } from './another-turn.ts';

/** Cuts in memory. */
export function memoryCuts(): Cuts {
  const cuts = new Map<string, OwedCut & { readonly isOwed: boolean }>();
  const keyOf = (level: string, id: string) => `${level}#${id}`;
  return {
    async raise(level, id, cut) {
      await anotherTurn();
      const key = keyOf(level, id);
      if ((cuts.get(key)?.cut ?? -1) < cut) cuts.set(key, { level, id, cut, isOwed: true });
    },
    async settle(level, id, cut) {
      await anotherTurn();
      const key = keyOf(level, id);
      const found = cuts.get(key);
      if (found?.cut === cut) cuts.set(key, { ...found, isOwed: false });
    },
    async read(level, id) {
      await anotherTurn();
      return cuts.get(keyOf(level, id))?.cut;
    },
    async owed() {
      await anotherTurn();
      return [...cuts.values()].flatMap(({ isOwed, ...cut }) => (isOwed ? [cut] : []));
    },
  };
}
