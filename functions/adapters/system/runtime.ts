import type { AuditLog } from '../../core/ports/audit-log.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Randomness } from '../../core/ports/randomness.ts';
import { jsonLog } from '../log/json-log.ts';
import { systemClock } from './clock.ts';
import { systemRandomness } from './randomness.ts';
import { stopwatch } from './stopwatch.ts';

/** What every authorizer runs on, whichever credentials it takes. */
export interface Runtime {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly audit: AuditLog;
  /** Milliseconds that only ever grow. */
  readonly stopwatch: () => number;
}

/** That of a Lambda function. */
export const systemRuntime: Runtime = {
  clock: systemClock,
  randomness: systemRandomness,
  audit: jsonLog,
  stopwatch,
};
