import type { FunctionSpec } from '../contracts.ts';
import { type ExecutionEnvironment, startEnvironment } from './execution-environment.ts';
import { functionError, type Invocation } from './invocation.ts';

/** The execution environments of one function. */
export interface FunctionPool {
  /** Runs the invocation in an idle environment, in a new one, or in the first that becomes free. */
  submit(invocation: Invocation): void;
  stop(): Promise<void>;
}

export interface PoolOptions {
  readonly spec: FunctionSpec;
  /** Asked once per environment: each has a log stream of its own. */
  readonly variables: () => Readonly<Record<string, string>>;
  readonly environmentsMax: number;
  readonly initSeconds: number;
  readonly output: (line: string) => void;
}

export function functionPool(options: PoolOptions): FunctionPool {
  const environments = new Set<ExecutionEnvironment>();
  /** In the order in which they became idle: all environments get their turn, so that a cache in one shows. */
  const idle: ExecutionEnvironment[] = [];
  const waiting: Invocation[] = [];
  let stopped = false;

  return {
    submit(invocation) {
      if (stopped) throw new Error('the function host is stopped');
      waiting.push(invocation);
      pump();
    },
    async stop() {
      stopped = true;
      for (const invocation of waiting.splice(0)) {
        invocation.settle(functionError('Runtime.ExitError', 'the function host was stopped'));
      }
      await Promise.all([...environments].map((environment) => environment.kill()));
    },
  };

  function pump(): void {
    while (waiting.length > 0 && idle.length > 0) {
      const invocation = waiting.shift();
      const environment = idle.shift();
      if (invocation !== undefined) environment?.run(invocation);
    }
    // Whoever starts or is about to ask for more will take one waiting invocation.
    const coming = [...environments].filter(
      ({ state }) => state === 'starting' || state === 'returning',
    ).length;
    for (let missing = waiting.length - coming; missing > 0; missing -= 1) {
      if (stopped || environments.size >= options.environmentsMax) return;
      startOne();
    }
  }

  function startOne(): void {
    const environment = startEnvironment({
      spec: options.spec,
      variables: options.variables(),
      initSeconds: options.initSeconds,
      output: options.output,
      onIdle(ready) {
        idle.push(ready);
        pump();
      },
      onEnd(gone, failure) {
        environments.delete(gone);
        const at = idle.indexOf(gone);
        if (at !== -1) idle.splice(at, 1);
        // A start that fails fails the call that it was made for.
        if (failure !== undefined) waiting.shift()?.settle(failure);
        pump();
      },
    });
    environments.add(environment);
  }
}
