/** Exit codes: part of the contract, documented in docs/cli.md. */
export const exitCodes = {
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  unreachable: 6,
  checkFailed: 7,
} as const;

export type FailureKind = keyof typeof exitCodes;

/** Ends the command with one line on stderr and the exit code of its kind. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
