import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import type { StoredItem } from '../decisions/table.ts';
import type { Contender, Measured } from '../measure/interleaved.ts';

/** What must be served to the measuring process. */
export interface Needs {
  readonly items: readonly StoredItem[];
  /** Verification table → the log in it. @default there is none */
  readonly logs?: Readonly<Record<string, readonly LoggedEntry[]>>;
  /** What Secrets Manager says. @default nothing */
  readonly secret?: string;
}

/** One size of what grows, for one kind of decision. */
export interface Step extends Contender {
  /** The kind of decision. */
  readonly line: string;
  readonly size: number;
  /** What differs at this size beside the size. */
  readonly note?: string;
}

/** Something that grows, and what is decided while it does. Whatever a control finds wrong throws. */
export interface Curve {
  readonly needs: Needs;
  /** Once that is served, in an environment like Lambda's. */
  steps(): Promise<readonly Step[]>;
}

export type MeasuredStep = Measured & Pick<Step, 'line' | 'size' | 'note'>;

/** Names a contender for its line and its size, and holds it against the smallest. */
export function step(
  line: string,
  size: number,
  smallest: number,
  contender: Contender,
  note?: string,
): Step {
  return {
    ...contender,
    ...{ line, size, name: nameOf(line, size), floor: nameOf(line, smallest) },
    ...(note === undefined ? {} : { note }),
  };
}

function nameOf(line: string, size: number): string {
  return `${line}: ${size.toLocaleString('en-US')}`;
}
