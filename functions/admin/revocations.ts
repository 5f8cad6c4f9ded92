import type { Client } from '../core/clients/client.ts';
import { clockSkewMaxSeconds } from '../core/durations.ts';
import type { Cuts } from '../core/ports/cuts.ts';
import type { Registry } from '../core/ports/registry.ts';
import type { RevocationLog } from '../core/ports/revocation-log.ts';
import { ok } from '../core/result.ts';
import type { RevocationRecorder } from '../core/revocation/revocation-recorder.ts';
import { type CommandReader, InvalidCommand } from './command-reader.ts';
import { type CutAdministration, cutAway, settleLeftovers } from './cut-away.ts';
import { logViews, wholeLog } from './log-views.ts';
import { type RevocationTarget, revocationTarget } from './revocation-target.ts';
import { notFound, type Verbs } from './verb.ts';
import type { RevocationsView, RevokedTokensView } from './views.ts';

export interface TokenAdministration extends CutAdministration {
  readonly issuer: string;
  readonly clients: Registry<Client>;
  readonly cuts: Cuts;
  readonly revocationLog: RevocationLog;
  readonly revocationRecorder: RevocationRecorder;
  readonly revocationPollSeconds: number;
  /** No entry of the log matters for longer. */
  readonly revocationKeepSeconds: number;
}

const expired = 'the token has expired by what was said of it';
/** An answer of Lambda has 6 MB at most; a client alone may revoke more tokens than fit into it. */
const listedMax = 5_000;
const foreign =
  'tokens of this issuer that were issued before and live beyond kept_until work again then';

/** What operators do with tokens that are out. Whatever is done here may be done again. */
export function revocationCommands(ports: TokenAdministration): Verbs {
  const { issuer, clients, cuts, cutOff, revocationRecorder, revocationKeepSeconds } = ports;

  return {
    'revocations.add': {
      members: ['level', 'id', 'issuer', 'expires_at', 'reason'],
      run: async (command, now) => {
        const target = revocationTarget(command, issuer);
        const endsAt = endOf(command, target, now);
        if (await isUnknown(target)) return notFound('there is no client of that client_id');
        const { mark: _m, isOwn, ...named } = target;
        const done = await revoke(target);
        const note = endsAt !== undefined && endsAt <= now ? expired : undefined;
        const caveat = note ?? (isOwn || target.level === 'token' ? undefined : foreign);
        const view: RevokedTokensView = {
          ...named,
          ...done,
          poll_seconds: ports.revocationPollSeconds,
          ...(caveat === undefined ? {} : { note: caveat }),
        };
        return ok(view);
      },
    },

    'revocations.list': {
      members: ['all'],
      run: async (command, now) => {
        const isAll = command.flag('all') ?? false;
        const owed = await cutOff.settleOwed();
        const all = logViews(await wholeLog(ports, now), now, isAll);
        const leftOut = all.length - listedMax;
        const view: RevocationsView = {
          revocations: all.slice(0, listedMax),
          ...(leftOut > 0 ? { left_out: leftOut } : {}),
          owed,
          poll_seconds: ports.revocationPollSeconds,
        };
        return ok(view);
      },
    },
  };

  /** For as long as the log can: nobody has checked the end that was named, and it may be a forger's. */
  async function revoke({
    level,
    mark,
  }: RevocationTarget): Promise<Pick<RevokedTokensView, 'cut' | 'kept_until'>> {
    if (level === 'client' || level === 'subject') {
      const { cut, expiresAt } = await cutAway(ports, level, mark);
      return { cut, kept_until: expiresAt };
    }
    await settleLeftovers(ports);
    const { expiresAt } = await revocationRecorder.record({ kind: level, id: mark });
    return { kept_until: expiresAt };
  }

  /** A client that was deleted has left its cut, and may have tokens again under the same id. */
  async function isUnknown({ level, id, mark, isOwn }: RevocationTarget): Promise<boolean> {
    if (level !== 'client' || !isOwn) return false;
    return (
      (await clients.read(id)) === undefined && (await cuts.read('client', mark)) === undefined
    );
  }

  /** From when on no verifier lets the token in, whatever its clock says; `undefined` where nobody knows. */
  function endOf(
    command: CommandReader,
    { level, isOwn }: RevocationTarget,
    now: number,
  ): number | undefined {
    const expiresAt = command.integer('expires_at');
    if (level !== 'token') {
      if (expiresAt === undefined) return undefined;
      throw new InvalidCommand('expires_at is the exp of a token: no other level has it');
    }
    if (expiresAt !== undefined && expiresAt < 0) {
      throw new InvalidCommand('expires_at must be epoch seconds');
    }
    const endsAt = expiresAt === undefined ? undefined : expiresAt + clockSkewMaxSeconds;
    // A token of ours that says it lives longer is refused for that.
    if (isOwn) return endsAt;
    if (endsAt === undefined) {
      throw new InvalidCommand("expires_at is missing: the exp of another issuer's token");
    }
    if (endsAt > now + revocationKeepSeconds) {
      throw new InvalidCommand(
        'the token lives longer than the log keeps an entry, and would work again: raise accessTokenLifetimeMaxSeconds of the deployment and of its authorizers above its rest, then revoke it',
      );
    }
    return endsAt;
  }
}
