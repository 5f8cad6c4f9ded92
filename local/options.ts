import { parseArgs } from 'node:util';
import { basePortMax } from './ports.ts';

export interface RunnerOptions {
  readonly basePort: number;
  readonly dataDirectory: string | undefined;
  readonly output: 'text' | 'json';
  readonly isVerbose: boolean;
  readonly withDemoCredentials: boolean;
  /** An assembly that is there already; without it the app of this repository is bundled and synthesized. */
  readonly assemblyDirectory: string | undefined;
  /** CDK context of the app. */
  readonly context: Readonly<Record<string, string>>;
}

export const usage = `Usage: npm start -- [options]

Hosts the template that "cdk deploy" would deploy, on this machine.

  --port N          base of the ports (default 8787); 0: any free ones
  --data DIR        keep tables, keys, certificates and the demo client in DIR
  --output FORMAT   text (default) or json: one line when ready
  --context K=V     CDK context of the app, may be repeated
  --assembly DIR    host this cloud assembly instead of this repository's app
  --no-demo         create no demo credentials
  --verbose         show what the functions log
  --help            show this text`;

/** What is wrong with the flags: one sentence. */
export class BadFlag extends Error {
  override readonly name = 'BadFlag';
}

/** @returns `help` when that is what was asked for @throws BadFlag */
export function readOptions(args: readonly string[]): RunnerOptions | 'help' {
  const { help, ...values } = parse(args);
  if (help === true) return 'help';
  const { port, output } = values;
  const basePort = Number(port);
  if (!/^\d+$/.test(port) || basePort > basePortMax) {
    throw new BadFlag(`--port must be 0 to ${basePortMax}, not ${JSON.stringify(port)}`);
  }
  if (output !== 'text' && output !== 'json') {
    throw new BadFlag(`--output must be text or json, not ${JSON.stringify(output)}`);
  }
  for (const [flag, value] of [
    ['--data', values.data],
    ['--assembly', values.assembly],
  ] as const) {
    if (value === '') throw new BadFlag(`${flag} needs a folder`);
  }
  return {
    ...{ basePort, output },
    dataDirectory: values.data,
    isVerbose: values.verbose,
    withDemoCredentials: !values['no-demo'],
    assemblyDirectory: values.assembly,
    context: Object.fromEntries(
      values.context.map((pair) => {
        const equals = pair.indexOf('=');
        if (equals < 1)
          throw new BadFlag(`--context must be KEY=VALUE, not ${JSON.stringify(pair)}`);
        return [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
    ),
  };
}

interface Flags {
  readonly port: string;
  readonly data?: string;
  readonly output: string;
  readonly context: readonly string[];
  readonly assembly?: string;
  readonly 'no-demo': boolean;
  readonly verbose: boolean;
  readonly help?: boolean;
}

function parse(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8787' },
        data: { type: 'string' },
        output: { type: 'string', default: 'text' },
        context: { type: 'string', multiple: true, default: [] },
        assembly: { type: 'string' },
        'no-demo': { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new BadFlag(text.split('\n')[0] ?? text);
  }
}
