import { type ChildProcess, fork } from 'node:child_process';
import { onMeasuredCore } from './cores.ts';

/**
 * Two processes, so that what is measured is the function alone: one serves what is asked for and reads the log, its child
 * decides. First the child says what it needs prepared, at the end its figures.
 */
type Message<Needs, Figures> = { readonly needs: Needs } | { readonly figures: Figures };

export interface ElsewhereOptions<Needs> extends ApartOptions {
  readonly prepare: (needs: Needs) => void;
}

export interface ApartOptions {
  /** Beside that of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a module in a child process for its figures. */
export function measuredElsewhere<Needs, Figures>(
  module: string,
  { prepare, ...options }: ElsewhereOptions<Needs>,
): Promise<Figures> {
  const child = apart(module, options);
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const said = message as Message<Needs, Figures>;
      if ('figures' in said) return resolve(said.figures);
      prepare(said.needs);
      child.send('ready');
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the measuring process ended: ${code}`)));
  });
}

/** A module in a process of its own, on the core for what is measured; what it logs is read and thrown away. */
export function apart(module: string, { env }: ApartOptions): ChildProcess {
  const [execPath, ...execArgv] = onMeasuredCore([process.execPath]);
  const child = fork(module, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    ...(execPath === undefined ? {} : { execPath }),
    execArgv: [...execArgv],
  });
  child.stdout?.resume();
  return child;
}

/** The other process, as its child sees it. */
export interface Elsewhere<Needs, Figures> {
  /** Resolves when it is prepared. */
  prepared(needs: Needs): Promise<unknown>;
  /** The last that the child says. */
  tell(figures: Figures): void;
}

/** `undefined` in the process that is nobody's child. */
export function parentOf<Needs, Figures>(): Elsewhere<Needs, Figures> | undefined {
  const send = process.send?.bind(process);
  if (send === undefined) return undefined;
  return {
    prepared(needs) {
      const ready = new Promise((resolve) => process.once('message', resolve));
      send({ needs });
      return ready;
    },
    tell(figures) {
      send({ figures });
      process.disconnect();
    },
  };
}
