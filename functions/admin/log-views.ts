import { clockDriftSeconds } from '../core/durations.ts';
import type { RevocationLog } from '../core/ports/revocation-log.ts';
import type { LoggedEntry } from '../core/revocation/log-entry.ts';
import type { LogEntryView } from './views.ts';

/** Every entry that can still matter. */
export function wholeLog(
  ports: { readonly revocationLog: RevocationLog; readonly revocationKeepSeconds: number },
  now: number,
): Promise<readonly LoggedEntry[]> {
  return ports.revocationLog.read(now - ports.revocationKeepSeconds, now + clockDriftSeconds);
}

/**
 * What the log says now, newest first, one line for each thing however often it was revoked.
 *
 * @param isAll with what revokes nothing
 */
export function logViews(
  entries: readonly LoggedEntry[],
  now: number,
  isAll = false,
): readonly LogEntryView[] {
  const last = new Map<string, LoggedEntry>();
  for (const entry of entries) {
    if (entry.expiresAt <= now || !(isAll || isRevocation(entry))) continue;
    const key = `${entry.kind} ${entry.id}`;
    const known = last.get(key);
    if (known === undefined || isLater(entry, known)) last.set(key, entry);
  }
  return [...last.values()].sort((a, b) => b.at - a.at).map(logView);
}

function isRevocation({ kind }: LoggedEntry): boolean {
  return kind !== 'changed' && kind !== 'ring';
}

/** The one that counts: of cuts the larger one. */
function isLater(entry: LoggedEntry, known: LoggedEntry): boolean {
  const [cut, knownCut] = [entry, known].map((one) => ('cut' in one ? one.cut : 0));
  return cut === knownCut ? entry.expiresAt >= known.expiresAt : Number(cut) > Number(knownCut);
}

function logView(entry: LoggedEntry): LogEntryView {
  const { kind, id, at, expiresAt } = entry;
  // No issuer has a space in it, and no id of ours.
  const [issuer = '', ...rest] = id.split(' ');
  const named = rest.length === 0 ? { id } : { id: rest.join(' '), issuer };
  return {
    kind,
    ...(kind === 'subject' || kind === 'changed' ? { id: `sha256:${id}` } : named),
    logged_at: at,
    expires_at: expiresAt,
    ...('cut' in entry ? { cut: entry.cut } : {}),
  };
}
