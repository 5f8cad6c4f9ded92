import { randomBytes } from 'node:crypto';
import type { Randomness } from '../../core/ports/randomness.ts';

/** The operating system's randomness. */
export const systemRandomness: Randomness = { bytes: (count) => randomBytes(count) };
