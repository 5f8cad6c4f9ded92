import { setTimeout } from 'node:timers/promises';
import type { Pause } from '../../core/ports/pause.ts';

/** Waits by the wall clock. */
export const systemPause: Pause = { pause: (seconds) => setTimeout(seconds * 1000) };
