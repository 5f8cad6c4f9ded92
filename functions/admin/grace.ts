import { rollGraceMaxSeconds, rollGraceSeconds } from '../core/durations.ts';
import { type CommandReader, InvalidCommand } from './command-reader.ts';

/** The instant until which a credential that is rolled works as well: `grace` seconds from now; absent: a day. */
export function graceUntil(command: CommandReader, now: number): number {
  const grace = command.integer('grace') ?? rollGraceSeconds;
  if (grace < 0 || grace > rollGraceMaxSeconds) {
    throw new InvalidCommand('grace must be 0 seconds to 30 days, in seconds');
  }
  return now + grace;
}
