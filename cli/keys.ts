import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { KeysView } from '../functions/admin/views.ts';
import type { Connection } from './connection.ts';
import { administer, fact, invoke, startRotation } from './deployment.ts';
import { Failure } from './failure.ts';
import { globals } from './globals.ts';
import { askedBy } from './operator.ts';
import { print } from './output.ts';
import { revokeKeysCommand } from './revoke-keys.ts';
import { seconds } from './seconds.ts';

/** `keyward keys …` */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('the signing keys');

  keys
    .command('list')
    .description('all published keys and their states, and those that were revoked lately')
    .action(async (_options, command: Command) => {
      const { connection, format } = globals(command);
      const view = await listKeys(connection);
      const revoked = view.revoked.map((key) => ({ ...key, state: 'revoked' }));
      print(format === 'json' ? view : [...view.keys, ...revoked], format);
    });

  keys
    .command('rotate')
    .description('let the next keys sign, and publish fresh ones')
    .option('--force', 'although the next keys have not been public for their lead')
    .option('--timeout <seconds>', 'how long to wait for the end', '60')
    .action(async (options: { force?: boolean; timeout: string }, command: Command) => {
      const { connection, format } = globals(command);
      const timeoutSeconds = seconds(options.timeout, '--timeout');
      const view = await rotate(connection, options.force === true, timeoutSeconds);
      print(format === 'json' ? view : view.keys, format);
    });

  revokeKeysCommand(keys, 'revoke');

  keys
    .command('unstick')
    .description('take the pending label from a rotation that died, so that another can begin')
    .option('--yes', 'really')
    .action(async (options: { yes?: boolean }, command: Command) => {
      if (!options.yes)
        throw new Failure('usage', 'add --yes: a rotation that is only slow ends as well');
      const { connection, format } = globals(command);
      print(await unstick(connection), format);
    });
}

async function unstick(connection: Connection): Promise<unknown> {
  const event = { unstick: { by: askedBy('keys unstick') } };
  return invoke(connection, await fact(connection, 'rotation-arn'), event);
}

async function listKeys(connection: Connection): Promise<KeysView> {
  return (await administer(connection, { command: 'keys.list' })) as KeysView;
}

/** Rotates and waits until the new ring has taken over, which the published set shows. */
async function rotate(
  connection: Connection,
  force: boolean,
  timeoutSeconds: number,
): Promise<KeysView> {
  const before = await listKeys(connection);
  refuseWhatCannotWork(before, force);
  if (force) {
    const intent = {
      mode: 'waive-lead',
      by: askedBy('keys rotate --force'),
    };
    await invoke(connection, await fact(connection, 'rotation-arn'), { intent });
  }
  await startRotation(connection);
  const active = new Set(kids(before, 'active'));
  for (let waited = 0; waited < timeoutSeconds * 1000; waited += 250) {
    await sleep(250);
    const now = await listKeys(connection);
    const isOver =
      kids(now, 'active').every((kid) => !active.has(kid)) && retiredAreDated(now, active);
    if (isOver) return now;
    // A higher generation with the same keys is a rotation that changed nothing: it was too early, because somebody else's
    // had used the permission up that was meant for this one.
    const isIdle =
      now.generation > before.generation && kids(now, 'active').every((kid) => active.has(kid));
    if (isIdle) {
      throw new Failure(
        'conflict',
        'another rotation came in between: look at the keys, try again',
      );
    }
  }
  throw new Failure(
    'failed',
    'the rotation has not ended yet: look at `keyward keys list` and at the log',
  );
}

/** The label has moved once the keys that signed carry the date of their retirement. */
function retiredAreDated(view: KeysView, active: ReadonlySet<string>): boolean {
  return view.keys.every(({ kid, retired_at }) => !active.has(kid) || retired_at !== undefined);
}

function kids(view: KeysView, state: string): readonly string[] {
  return view.keys.filter((key) => key.state === state).map(({ kid }) => kid);
}

function refuseWhatCannotWork(view: KeysView, force: boolean): void {
  const unfinished = view.revoked.filter((key) => key.ended_at === undefined);
  if (unfinished.length > 0) {
    const kids = unfinished.map(({ kid }) => kid).join(' ');
    throw new Failure('conflict', `keys wait for their revocation: keyward keys revoke ${kids}`);
  }
  const now = Math.floor(Date.now() / 1000);
  const next = view.keys.filter(({ state }) => state === 'next');
  const ready = Math.max(...next.map(({ published_at }) => published_at + view.publication_lead));
  if (!force && ready > now) {
    const when = new Date(ready * 1000).toISOString();
    throw new Failure(
      'conflict',
      `too early: the next keys may sign from ${when} on; --force to do it anyway`,
    );
  }
  if (view.keys.length + next.length > view.published_keys_max) {
    throw new Failure(
      'conflict',
      `${view.keys.length} keys are published and at most ${view.published_keys_max} may be: wait until retired ones leave`,
    );
  }
}
