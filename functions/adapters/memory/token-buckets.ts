import type { TokenBuckets } from '../../core/ports/token-buckets.ts';
import { cellsOf, microsPerSecond } from '../../core/routes/bucket-rate.ts';
import { anotherTurn } from './another-turn.ts';

/** Token buckets in memory. */
export function memoryTokenBuckets(): TokenBuckets {
  const fullAt = new Map<string, number>();
  return {
    async lease(id, want, rate, now) {
      await anotherTurn();
      const { perToken, perBucket } = cellsOf(rate);
      const start = now * microsPerSecond;
      for (const tokens of [want, 1]) {
        const next = Math.max(fullAt.get(id) ?? 0, start) + tokens * perToken;
        if (next > start + perBucket) continue;
        fullAt.set(id, next);
        return tokens;
      }
      return 0;
    },
  };
}
