/**
 * One entry of the revocation log. `token`, `grant` and `key` name what never comes back. `client` and `subject` cut: what
 * was issued at or before that instant is dead, without anybody walking over it. `changed` and `ring` revoke nothing: they
 * tell whoever has a record or the ring in memory that it is not the newest any more.
 */
export type LogEntry =
  | { readonly kind: 'token' | 'grant' | 'key' | 'changed' | 'ring'; readonly id: string }
  | { readonly kind: 'client' | 'subject'; readonly id: string; readonly cut: number };

/** An entry as it stands in the log. */
export type LoggedEntry = LogEntry & {
  /** Epoch seconds of its writer's clock: where it stands. */
  readonly at: number;
  /** Tells entries of one second apart. Who repeats a write gives the same again. */
  readonly serial: string;
  /** Epoch seconds from which on there is nothing left that the entry could kill. */
  readonly expiresAt: number;
};

const bucketSeconds = 3_600;

/** The parts of the log that hold the entries of a span of time, in its order. */
export function bucketsOf(from: number, to: number): readonly string[] {
  const first = Math.floor(from / bucketSeconds);
  const last = Math.floor(to / bucketSeconds);
  return Array.from({ length: last - first + 1 }, (_, i) => `LOG#${first + i}`);
}

/** Where in its bucket an entry stands; without a serial, before all of that second. */
export function placeOf(at: number, serial = ''): string {
  return `${String(at).padStart(12, '0')}#${serial}`;
}

/** What of a stored item an entry is made of. */
export const loggedMembers = ['sk', 'v', 'kind', 'id', 'cut', 'expiresAt'] as const;

/** The entry in a stored item; throws for whatever this code does not understand: it may be a revocation. */
export function readLoggedEntry(item: Readonly<Record<string, unknown>>): LoggedEntry {
  const { v, sk, kind, id, cut, expiresAt } = item;
  const [at = '', serial = ''] = typeof sk === 'string' ? sk.split('#') : [];
  const isCut = kind === 'client' || kind === 'subject';
  const isRead =
    v === 1 &&
    /^\d{12}$/.test(at) &&
    (isCut ? Number.isSafeInteger(cut) : others.some((one) => one === kind)) &&
    typeof id === 'string' &&
    (kind !== 'ring' || /^\d{1,15}$/.test(id)) &&
    Number.isSafeInteger(expiresAt);
  if (!isRead)
    throw new Error('an entry of the revocation log that is broken, or of another schema');
  // Built anew, so that nothing else of the item stays in memory.
  const entry = { kind, id, expiresAt, at: Number(at), serial, ...(isCut ? { cut } : {}) };
  return entry as LoggedEntry;
}

const others = ['token', 'grant', 'key', 'changed', 'ring'] as const;
