import type { ThrottleSpec } from './usage-spec.ts';

/** Requests that may still come; full at first. */
export interface TokenBucket {
  hasToken(): boolean;
  take(): void;
}

export function tokenBucket(
  { ratePerSecond, burst }: ThrottleSpec,
  nowMilliseconds: () => number,
): TokenBucket {
  let tokens = burst;
  let filledMilliseconds = nowMilliseconds();
  return {
    hasToken() {
      const now = nowMilliseconds();
      // A clock that was set back takes no tokens away.
      const elapsedSeconds = Math.max(0, now - filledMilliseconds) / 1_000;
      tokens = Math.min(burst, tokens + elapsedSeconds * ratePerSecond);
      filledMilliseconds = now;
      return tokens >= 1;
    },
    take() {
      tokens -= 1;
    },
  };
}
