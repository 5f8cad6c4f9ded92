import type { FaultEvent } from './audit.ts';
import { CodedError } from './coded-error.ts';
import { Unavailable } from './unavailable.ts';

/**
 * What is written down of a failure: its class and, of an error of ours, its code; never a message, which may hold anything.
 * Of a dependency that is away: which one, and the class and the code of what was behind it.
 */
export function faultOf(cause: unknown): Pick<FaultEvent, 'fault' | 'cause' | 'code'> {
  if (cause instanceof Unavailable) {
    if (cause.cause === undefined) return { fault: cause.message };
    const { fault, ...code } = faultOf(cause.cause);
    return { fault: cause.message, cause: fault, ...code };
  }
  const code = cause instanceof CodedError ? { code: cause.code } : {};
  return { fault: classOf(cause), ...code };
}

/** Errors of a service have the name that it gave them: a word, or it is not repeated. */
function classOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(cause.name) ? cause.name : 'Error';
}
