import type { Command } from 'commander';
import { type Connection, type ConnectionOptions, connect } from './connection.ts';
import { type OutputFormat, outputFormat } from './output.ts';

export interface Globals {
  readonly connection: Connection;
  readonly format: OutputFormat;
}

/** The options that every command has, wherever they stood on the line. */
export function globals(command: Command): Globals {
  const options = command.optsWithGlobals() as ConnectionOptions & { output?: string };
  return { format: outputFormat(options.output), connection: connect(options) };
}

/** For options that may be given several times, each with one or more values. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), ...value.split(/[\s,]+/).filter((part) => part !== '')];
}
