import type { RotationIntent, RotationIntents } from '../../core/ports/rotation-intents.ts';

/** The intent of an operator in memory. */
export function memoryRotationIntents(): RotationIntents {
  let stored: RotationIntent | undefined;
  return {
    read: async () => stored,
    write: async (intent) => {
      stored = { ...intent };
    },
    clear: async () => {
      stored = undefined;
    },
  };
}
