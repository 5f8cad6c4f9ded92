import type { Pause } from '../core/ports/pause.ts';

const pauseSeconds = 2;
const pausesMax = 15;

/**
 * Repeats what is denied, for half a minute: a role that was made seconds ago is not known everywhere yet. `work` must
 * be safe to repeat. Any other failure, and a denial that stays, is the caller's.
 */
export async function whileRoleSpreads<T>(work: () => Promise<T>, waiting: Pause): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await work();
    } catch (cause) {
      if (!isDenied(cause) || pauses >= pausesMax) throw cause;
    }
    await waiting.pause(pauseSeconds);
  }
}

/** Secrets Manager and DynamoDB give this failure the same name. */
function isDenied(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AccessDeniedException';
}
