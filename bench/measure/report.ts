import { cpus, loadavg } from 'node:os';
import type { Measured } from './interleaved.ts';

/** What every suite of this folder ends with. */
export interface Report {
  /** Its name: the file of this folder, and of the results. */
  readonly suite: string;
  /** What must be known beside the machine: versions, rounds. */
  readonly about?: Readonly<Record<string, unknown>>;
  readonly tables: readonly Table[];
  readonly pictures?: readonly Picture[];
}

export interface Table {
  /** What is measured, and in which unit. */
  readonly title: string;
  readonly rows: readonly object[];
}

/** Figures that grow, or are expected not to. */
export interface Picture {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

export interface Axis {
  readonly label: string;
  /** @default false */
  readonly isLogarithmic?: boolean;
}

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The quartiles. */
  readonly lower?: number;
  readonly upper?: number;
}

/** What a suite reported, and where. */
export type Result = Report & { readonly machine: object };

const isJson: boolean = process.argv.includes('--json');

/** Prints what was measured: tables for people, or with `--json` all of it. */
export function publish(report: Report): void {
  const result: Result = { machine: machine(), ...report };
  process.stdout.write(isJson ? `${JSON.stringify(result, null, 2)}\n` : '');
  if (!isJson) print(result);
}

/** The tables, for people. */
export function print({ suite, machine: where, about = {}, tables }: Result): void {
  process.stdout.write(`${suite} ${JSON.stringify({ ...where, ...about })}\n`);
  for (const { title, rows } of tables) {
    process.stdout.write(`\n${title}\n`);
    console.table(rows);
  }
}

/** Where and when figures were taken. */
function machine(): object {
  return {
    ...{ cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg().map(rounded) },
    ...{ node: process.versions.node, openssl: process.versions.openssl },
    at: new Date().toISOString(),
  };
}

/** As a row of a table that people read. */
export function printed({
  name,
  cpu,
  lower,
  upper,
  wall,
  floor,
  ratio,
  calls,
}: Measured): Readonly<Record<string, string | number>> {
  return {
    name,
    'median µs': rounded(cpu),
    p25: rounded(lower),
    p75: rounded(upper),
    'wall µs': rounded(wall),
    'x floor': rounded(ratio),
    floor,
    'store calls': rounded(calls),
  };
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
