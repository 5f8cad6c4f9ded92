import { cpus, loadavg } from 'node:os';
import type { Measured } from './interleaved.ts';

/** Where and when figures were taken. */
export function machine(): object {
  return {
    ...{ cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg().map(rounded) },
    ...{ node: process.versions.node, openssl: process.versions.openssl },
    startedAt: new Date().toISOString(),
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
