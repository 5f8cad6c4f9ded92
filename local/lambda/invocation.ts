import type { InvocationResult } from '../contracts.ts';

/** One call of a function on its way through a pool. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  /** As the caller named it, qualifier included: what the handler finds in its context. */
  readonly invokedArn: string;
  /** The first call counts, further ones are ignored. */
  settle(result: InvocationResult): void;
}

/** What went wrong with a call whose answer nobody reads; `undefined` for nothing. */
export function problemOf(result: InvocationResult): string | undefined {
  switch (result.kind) {
    case 'answer':
      return undefined;
    case 'refused':
      return result.reason;
    case 'function-error':
      return `${result.errorType}: ${result.errorMessage}`;
  }
}

/** A function error the way Lambda words it. */
export function functionError(errorType: string, errorMessage: string): InvocationResult {
  const payload = JSON.stringify({ errorType, errorMessage });
  return { kind: 'function-error', errorType, errorMessage, payload };
}
