import type { QuotaSpec } from './usage-spec.ts';

const dayMilliseconds = 86_400_000;
/** 1 January 1970 was a Thursday; Sunday is 0. */
const epochWeekday = 4;

/**
 * When the period of a quota began that a moment lies in, in milliseconds. Periods are cut at midnight UTC; AWS does not
 * say in which zone it cuts them.
 */
export function quotaPeriodStart(
  { period, offsetDays }: Pick<QuotaSpec, 'period' | 'offsetDays'>,
  nowMilliseconds: number,
): number {
  const day = Math.floor(nowMilliseconds / dayMilliseconds);
  switch (period) {
    case 'DAY':
      return day * dayMilliseconds;
    case 'WEEK': {
      const weekday = (((day + epochWeekday - offsetDays) % 7) + 7) % 7;
      return (day - weekday) * dayMilliseconds;
    }
    case 'MONTH': {
      const now = new Date(nowMilliseconds);
      const month = now.getUTCMonth() - (now.getUTCDate() <= offsetDays ? 1 : 0);
      return Date.UTC(now.getUTCFullYear(), month, 1 + offsetDays);
    }
  }
}
