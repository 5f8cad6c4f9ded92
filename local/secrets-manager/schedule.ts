/**
 * When a rotation is due: `rate(N hours|days|minutes)` and `cron(minute hour day-of-month month day-of-week year)`, in
 * UTC. Of cron each field may be a number, a list, a range, a step, a three-letter name, `*` or `?`; `L`, `W` and `#`
 * are refused.
 */

/** The first due time after `afterSeconds`. @throws for an expression that is not understood */
export function nextRotation(expression: string, afterSeconds: number): number {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate !== null) {
    const [, count = '', unit = ''] = rate;
    return afterSeconds + Number(count) * ({ minute: 60, hour: 3600, day: 86_400 }[unit] ?? 0);
  }
  const cron = /^cron\(([^)]*)\)$/.exec(expression);
  const fields = (cron?.[1] ?? '').trim().split(/\s+/);
  if (cron === null || fields.length !== 6) throw new Error(`unknown schedule: ${expression}`);
  const [minutes, hours, days, months, weekdays, years] = fields.map((field, index) =>
    valuesOf(field, index, expression),
  );
  // Day by day, at most as far as a leap day may be away.
  const start = new Date(afterSeconds * 1000);
  for (let offset = 0; offset <= 366 * 9; offset += 1) {
    const day = new Date(
      Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + offset),
    );
    const isDue =
      months?.has(day.getUTCMonth() + 1) &&
      days?.has(day.getUTCDate()) &&
      weekdays?.has(day.getUTCDay() + 1) &&
      years?.has(day.getUTCFullYear());
    if (!isDue) continue;
    for (const hour of hours ?? []) {
      for (const minute of minutes ?? []) {
        const seconds = day.getTime() / 1000 + hour * 3600 + minute * 60;
        if (seconds > afterSeconds) return seconds;
      }
    }
  }
  throw new Error(`schedule is never due: ${expression}`);
}

const bounds: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [1, 7],
  [1970, 2199],
];

const names: readonly string[] =
  'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC SUN MON TUE WED THU FRI SAT'.split(' ');

/** The values of a field, ascending. Sunday is 1, as AWS counts. */
function valuesOf(field: string, index: number, expression: string): ReadonlySet<number> {
  const [low, high] = bounds[index] ?? [0, 0];
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:[*?]|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    const [, first, last, step] = match ?? [];
    const from = first === undefined ? low : numberOf(first);
    const to =
      first === undefined || (step !== undefined && last === undefined)
        ? high
        : numberOf(last ?? first);
    const by = Number(step ?? 1);
    if (match === null || !(from >= low && to <= high && from <= to && by > 0)) {
      throw new Error(`unknown schedule: ${expression}`);
    }
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return new Set([...values].sort((a, b) => a - b));
}

function numberOf(text: string): number {
  const at = names.indexOf(text.toUpperCase());
  if (at === -1) return /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return at < 12 ? at + 1 : at - 11;
}
