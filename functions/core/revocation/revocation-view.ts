import type { LoggedEntry } from './log-entry.ts';
import type { TokenMarks } from './token-marks.ts';

/** What is known of the log: asked for every decision, without I/O. */
export interface Revocations {
  /** Is the token dead, by itself or by its grant, its client, its subject or its key? */
  isRevoked(token: TokenMarks): boolean;
  isKeyRevoked(kid: string): boolean;
  /** Everything issued at or before this instant is dead; -1: nothing is cut. @param id as the log spells it */
  cutOf(level: 'client' | 'subject', id: string): number;
  /** Generation of the newest ring that the log has named; 0: none. */
  readonly ringGeneration: number;
  /** How many entries are alive. */
  readonly size: number;
}

interface Cut {
  readonly cut: number;
  readonly expiresAt: number;
}

/** The same, while it is filled. */
export interface RevocationView extends Revocations {
  /** Takes an entry in. The same one, or an older cut, changes nothing. */
  add(entry: LoggedEntry): void;
  /** Forgets what can kill nothing any more. */
  sweep(now: number): void;
}

export function revocationView(): RevocationView {
  const dead = {
    token: new Map<string, number>(),
    grant: new Map<string, number>(),
    key: new Map<string, number>(),
  };
  const cuts = { client: new Map<string, Cut>(), subject: new Map<string, Cut>() };
  let ringGeneration = 0;

  const cutOf = (level: 'client' | 'subject', id: string) => cuts[level].get(id)?.cut ?? -1;

  return {
    isRevoked({ token, grant, client, subject, key, issuedAt }) {
      return (
        (token !== undefined && dead.token.has(token)) ||
        (grant !== undefined && dead.grant.has(grant)) ||
        (client !== undefined && issuedAt <= cutOf('client', client)) ||
        issuedAt <= cutOf('subject', subject) ||
        dead.key.has(key)
      );
    },
    isKeyRevoked: (kid) => dead.key.has(kid),
    cutOf,
    get ringGeneration() {
      return ringGeneration;
    },
    get size() {
      return [...Object.values(dead), ...Object.values(cuts)].reduce((n, { size }) => n + size, 0);
    },

    add(entry) {
      const { kind, id, expiresAt } = entry;
      switch (kind) {
        case 'token':
        case 'grant':
        case 'key':
          dead[kind].set(id, Math.max(expiresAt, dead[kind].get(id) ?? 0));
          break;
        case 'client':
        case 'subject': {
          const known = cuts[kind].get(id);
          cuts[kind].set(id, {
            cut: Math.max(entry.cut, known?.cut ?? 0),
            expiresAt: Math.max(expiresAt, known?.expiresAt ?? 0),
          });
          break;
        }
        case 'ring':
          ringGeneration = Math.max(ringGeneration, Number(id));
          break;
        case 'changed':
      }
    },

    sweep(now) {
      for (const level of Object.values(dead)) {
        for (const [id, expiresAt] of level) if (expiresAt <= now) level.delete(id);
      }
      for (const level of Object.values(cuts)) {
        for (const [id, { expiresAt }] of level) if (expiresAt <= now) level.delete(id);
      }
    },
  };
}
