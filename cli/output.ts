import { Failure } from './failure.ts';

export type OutputFormat = 'table' | 'json';

/** The format asked for; without one a person at a terminal gets tables, everything else JSON. */
export function outputFormat(asked: string | undefined): OutputFormat {
  if (asked === undefined) return process.stdout.isTTY ? 'table' : 'json';
  if (asked === 'table' || asked === 'json') return asked;
  throw new Failure('usage', '--output must be table or json');
}

/** Prints a result on stdout: a list as rows, an object as lines of name and value. */
export function print(result: unknown, format: OutputFormat): void {
  process.stdout.write(`${format === 'json' ? JSON.stringify(result, null, 2) : table(result)}\n`);
}

function table(result: unknown): string {
  if (Array.isArray(result)) return rows(result.map(asRecord));
  const record = Object.entries(asRecord(result));
  const width = Math.max(0, ...record.map(([name]) => name.length));
  return record
    .map(([name, value]) =>
      isRecords(value)
        ? `${name}\n${rows(value).replace(/^/gm, '  ')}`
        : `${name.padEnd(width)}  ${cell(name, value)}`,
    )
    .join('\n');
}

function rows(records: readonly Readonly<Record<string, unknown>>[]): string {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  if (names.length === 0) return '(none)';
  const lines = [names, ...records.map((record) => names.map((name) => cell(name, record[name])))];
  const widths = names.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cell(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (
    typeof value === 'number' &&
    /(_at|_until|^exp|^iat|^cut|^not_after)$/.test(name) &&
    value > 0
  ) {
    return new Date(value * 1000).toISOString();
  }
  if (isRecords(value)) return String(value.length);
  if (Array.isArray(value)) return value.join(' ');
  // Names come from operators, but a terminal must not be steered by what is stored.
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).replace(
    /\p{C}/gu,
    '?',
  );
}

function isRecords(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object')
  );
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : { value };
}
