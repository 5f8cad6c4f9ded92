import { err, type Result } from '../core/result.ts';
import type { CommandReader } from './command-reader.ts';
import type { AdminErrorCode } from './commands.ts';

/** Why a command was not carried out, for the operator who gave it. */
export interface AdminError {
  readonly code: AdminErrorCode;
  readonly message: string;
}

/** Carries out one command. @param now epoch seconds */
export type Verb = (command: CommandReader, now: number) => Promise<Result<unknown, AdminError>>;

/** Command name → the members it may have, and what it does. */
export type Verbs = Readonly<
  Record<string, { readonly members: readonly string[]; readonly run: Verb }>
>;

/** A command that was not carried out. */
export type Refused = Result<never, AdminError>;

export const conflict = (message: string): Refused => err({ code: 'conflict', message });
export const invalid = (message: string): Refused => err({ code: 'invalid_request', message });
export const notFound = (message: string): Refused => err({ code: 'not_found', message });
