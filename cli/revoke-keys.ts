import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { KeysView } from '../functions/admin/views.ts';
import { hasSecretPrefix, looksLikeToken } from '../functions/core/looks-like-secret.ts';
import { confirm } from './confirm.ts';
import type { Connection } from './connection.ts';
import { administer, fact, invoke, startRotation } from './deployment.ts';
import { Failure } from './failure.ts';
import { globals } from './globals.ts';
import { askedBy } from './operator.ts';
import { print } from './output.ts';
import { seconds } from './seconds.ts';

interface RevokeOptions {
  readonly all?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly timeout: string;
}

/** What the rotation function answers. */
interface Revoked {
  readonly kids: readonly string[];
  /** Those that a rotation has to make an end of. */
  readonly remaining: readonly string[];
  readonly pollSeconds: number;
}

/** What was revoked, what signs now, and who goes on trusting the old keys for how long. */
interface RevocationReport {
  readonly revoked: readonly string[];
  readonly active: readonly string[];
  readonly generation: number;
  readonly refused_by: readonly { readonly who: string; readonly within: string }[];
}

/** `keyward keys revoke …`, which is found under `keyward revoke key` too. */
export function revokeKeysCommand(noun: Command, verb: string): void {
  noun
    .command(`${verb} [kid...]`)
    .description('take keys out of the ring and kill every token that they have signed')
    .option('--all', 'every key: the whole secret was read by a stranger')
    .option('--reason <text>', 'why, for the log')
    .option('--yes', 'really')
    .option('--timeout <seconds>', 'how long to wait for the end', '30')
    .action(async (kids: string[], options: RevokeOptions, command: Command) => {
      const { connection, format } = globals(command);
      print(await revokeKeys(connection, kids, options), format);
    });
}

/**
 * Revokes keys and waits until a ring without them is in force. When that takes too long, the log names them all the same,
 * and the failure says what is left to do. May be repeated until everything is done.
 */
async function revokeKeys(
  connection: Connection,
  kids: readonly string[],
  options: RevokeOptions,
): Promise<RevocationReport> {
  const reason = meant(kids, options);
  const timeoutSeconds = seconds(options.timeout, '--timeout');
  await refuseUnknown(connection, kids);
  const rotation = await fact(connection, 'rotation-arn');
  const by = askedBy('keys revoke');
  const ask = (which: object) =>
    invoke(connection, rotation, { revoke: { ...which, by, reason } }) as Promise<Revoked>;
  const answer = await ask(kids.length === 0 ? { all: true } : { kids });
  const askAgain = () => ask({ kids: answer.kids });
  const end =
    answer.remaining.length === 0 ||
    (await endOf(connection, answer.kids, timeoutSeconds, askAgain));
  if (end === true) return report(await listKeys(connection), answer);
  await ask({ kids: answer.kids, even_signing: true });
  const why = end === false ? '' : `${end.message}; `;
  throw new Failure(end === false ? 'failed' : end.kind, `${why}${unfinished(answer)}`);
}

/** @returns the reason */
function meant(kids: readonly string[], { all, reason, ...options }: RevokeOptions): string {
  if (kids.length > 0 === (all === true)) {
    throw new Failure(
      'usage',
      'name the keys, or --all if the whole secret was read by a stranger',
    );
  }
  if (kids.some(hasSecretPrefix)) {
    throw new Failure('usage', 'this is a secret, and not the id of a key; nothing was done');
  }
  if (reason === undefined || !/^[\x20-\x7e]{1,256}$/.test(reason)) {
    throw new Failure('usage', '--reason must be one line of printable ASCII, at most 256 long');
  }
  if (hasSecretPrefix(reason) || looksLikeToken(reason)) {
    throw new Failure('usage', '--reason has a secret or a token in it; nothing was sent');
  }
  confirm(options, 'revoke: every token that these keys have signed dies');
  return reason;
}

async function refuseUnknown(connection: Connection, kids: readonly string[]): Promise<void> {
  const { keys, revoked } = await listKeys(connection);
  const known = new Set([...keys, ...revoked].map(({ kid }) => kid));
  const unknown = kids.filter((kid) => !known.has(kid));
  if (unknown.length === 0) return;
  throw new Failure('notFound', `there is no key ${unknown.join(', ')}; nothing was done`);
}

async function listKeys(connection: Connection): Promise<KeysView> {
  return (await administer(connection, { command: 'keys.list' })) as KeysView;
}

const lookMilliseconds = 250;
/** After so many looks what stands in the way is removed, and a rotation that lost to another one is begun anew. */
const looksPerRotation = 8;

/**
 * Waits for the end of the rotation that takes the keys out. What cannot be called now is called again until the time is up:
 * the keys must not stay trusted for that.
 *
 * @param askAgain detaches a rotation that can no longer be published: one that was at work when the keys were revoked may have
 *   become that since
 * @returns true, or why it has not come: false where nobody says
 */
async function endOf(
  connection: Connection,
  kids: readonly string[],
  timeoutSeconds: number,
  askAgain: () => Promise<unknown>,
): Promise<boolean | Failure> {
  const deadline = performance.now() + timeoutSeconds * 1_000;
  let failure: Failure | undefined;
  for (let look = 0; look === 0 || performance.now() < deadline; look += 1) {
    try {
      if (look % looksPerRotation === 0) {
        failure = undefined;
        if (look > 0) await askAgain();
        await rotateUnlessUnderWay(connection);
      }
      await sleep(lookMilliseconds);
      const { revoked } = await listKeys(connection);
      const ended = new Set(revoked.filter((key) => key.ended_at !== undefined).map((k) => k.kid));
      if (kids.every((kid) => ended.has(kid))) return true;
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause;
      failure = cause;
    }
  }
  return failure ?? false;
}

/** One that is under way takes the keys out: any other was detached. */
async function rotateUnlessUnderWay(connection: Connection): Promise<void> {
  try {
    await startRotation(connection);
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.kind !== 'conflict') throw cause;
  }
}

function report(view: KeysView, { kids, pollSeconds }: Revoked): RevocationReport {
  return {
    revoked: kids,
    active: view.keys.filter(({ state }) => state === 'active').map(({ kid }) => kid),
    generation: view.generation,
    refused_by: [
      { who: 'token endpoint', within: `${pollSeconds} s` },
      {
        who: "Keyward's authorizers",
        within: `${pollSeconds} s and the time that API Gateway keeps their answers`,
      },
      { who: 'native authorizer of a REST API', within: '1 h' },
      { who: 'native authorizer of an HTTP API', within: '2 h' },
      { who: 'other readers of the JWK Set', within: 'its max-age, or what they keep it for' },
    ],
  };
}

function unfinished({ kids, pollSeconds }: Revoked): string {
  return (
    `the keys are marked and the log names them, so Keyward's authorizers refuse them within ${pollSeconds} s; ` +
    'the rotation has not ended, until then the token endpoint may answer 503. ' +
    `Run it again: keyward keys revoke ${kids.join(' ')} --yes --reason …`
  );
}
