import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoRegistry } from '../../functions/adapters/dynamodb/registry.ts';
import { memoryLastUse } from '../../functions/adapters/memory/last-use.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { AdminAnswer, AdminCommand } from '../../functions/admin/commands.ts';
import type { RolledSecretView, SecretView } from '../../functions/admin/views.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { type Client, secretUseId } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { digest } from '../../functions/core/digest.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { adminPorts } from '../support/admin-ports.ts';
import { createTable } from '../support/create-table.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

let tables = 0;
function newTable(): Promise<string> {
  tables += 1;
  return createTable(dynamo, `clients-${tables}`);
}

const day = 86_400;
const client_id = 'orders';
const roll = { command: 'clients.secrets.roll', client_id } as const;
const add = { command: 'clients.secrets.add', client_id } as const;

/** The desk of an operator who has one client; its one secret expires after so many seconds, if at all. */
async function office(
  secretExpiresIn?: number,
  registry: Registry<Client> = memoryRegistry(clientKind),
) {
  const audit: AuditEvent[] = [];
  const clock = { seconds: 1_000_000 };
  const lastUse = memoryLastUse();
  const run = admin(
    adminPorts({
      clients: registry,
      lastUses: lastUse,
      clock: { now: () => clock.seconds },
      audit: { write: (event) => audit.push(event) },
    }),
  );
  const ask = (command: unknown): Promise<AdminAnswer> => run(command, 'r1');
  const done = async (command: AdminCommand): Promise<RolledSecretView> => {
    const answer = await ask(command);
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.result as RolledSecretView;
  };
  const first = await done({
    ...{ command: 'clients.create', name: 'Orders', client_id },
    ...(secretExpiresIn === undefined ? {} : { secret_expires_in: secretExpiresIn }),
  });
  return {
    ...{ ask, done, audit, clock, lastUse, first },
    record: async () => (await registry.read(client_id))?.record,
    /** What of the secrets an operator sees. */
    secrets: async (): Promise<readonly SecretView[]> =>
      (await done({ command: 'clients.show', client_id })).secrets,
    async living(): Promise<readonly string[]> {
      const { secrets } = await done({ command: 'clients.show', client_id });
      return secrets.filter((one) => !one.is_expired).map((one) => one.secret_id);
    },
    async refusal(command: unknown): Promise<{ readonly code?: string; readonly message: string }> {
      const answer = await ask(command);
      return answer.ok ? { message: 'done' } : answer.error;
    },
  };
}

describe('a client', () => {
  test('is shown with the hour in which each of its secrets was last used', async () => {
    const { ask, done, lastUse, secrets, first } = await office();
    const { secret_id } = await done(roll);
    await lastUse.note(secretUseId(client_id, first.secret_id), 7_201);
    await lastUse.note(secretUseId('somebody-else', secret_id), 7_201);
    const seen = [
      expect.objectContaining({ secret_id: first.secret_id, last_used_at: 7_200 }),
      expect.not.objectContaining({ last_used_at: expect.anything() }),
    ];
    expect(await secrets()).toEqual(seen);
    expect(await ask({ command: 'clients.list' })).toMatchObject({ result: [{ secrets: seen }] });
  });
});

describe('a roll of a client secret', () => {
  test('draws another one, shows it once, and the old one works for a day more', async () => {
    const { done, audit, clock, first, record, secrets } = await office();
    clock.seconds += 10;
    const rolled = await done(roll);
    expect(audit.at(-1)).toEqual({
      ...{ event: 'admin', requestId: 'r1', command: 'clients.secrets.roll', outcome: 'done' },
      subject: client_id,
    });
    expect(rolled).toMatchObject({
      client_id,
      client_secret: expect.stringMatching(/^kwcs_[0-9A-Za-z]{49}$/),
      client_secret_expires_at: 0,
      updated_at: clock.seconds,
    });
    expect(rolled.client_secret).not.toBe(first.client_secret);
    const views = [
      {
        ...{ secret_id: first.secret_id, hint: first.client_secret.slice(-4), is_expired: false },
        ...{ created_at: clock.seconds - 10, expires_at: clock.seconds + day },
      },
      {
        ...{ secret_id: rolled.secret_id, hint: rolled.client_secret.slice(-4), is_expired: false },
        created_at: clock.seconds,
      },
    ];
    expect(rolled.secrets).toEqual(views);
    expect(rolled.replaces).toEqual(views[0]);
    expect(await secrets()).toEqual(views);
    const stored = await record();
    expect(stored?.secrets.map(({ hash }) => hash)).toEqual(
      [first, rolled].map(({ client_secret }) => digest(client_secret)),
    );
    expect(JSON.stringify([stored, audit, await secrets()])).not.toContain('kwcs_');
  });

  test.each([
    [0, true],
    [1, false],
    [30 * day, false],
  ])('with a grace of %i seconds ends the old one then and not before', async (grace, isOver) => {
    const { done, clock } = await office();
    const { replaces } = await done({ ...roll, grace });
    expect(replaces).toMatchObject({ expires_at: clock.seconds + grace, is_expired: isOver });
  });

  test('lets no secret live longer than it would have, and the new one as long as the old one', async () => {
    const { done, clock } = await office(60);
    const { replaces, client_secret_expires_at } = await done(roll);
    expect(replaces.expires_at).toBe(clock.seconds + 60);
    expect(client_secret_expires_at).toBe(clock.seconds + 60);
  });

  test('with expires_in says itself when the new one ends, and leaves the old one its own end', async () => {
    const { done, clock } = await office(60);
    const rolled = await done({ ...roll, expires_in: 90 * day });
    expect(rolled.client_secret_expires_at).toBe(clock.seconds + 90 * day);
    expect(rolled.replaces.expires_at).toBe(clock.seconds + 60);
  });

  test.each([
    { grace: -1 },
    { grace: 30 * day + 1 },
    { grace: 1.5 },
    { grace: '1' },
    { expires_in: 0 },
    { secret_id: 's1' },
  ])('with %j is invalid, and nothing is written', async (members) => {
    const { refusal, record } = await office();
    const before = await record();
    expect(await refusal({ ...roll, ...members })).toMatchObject({ code: 'invalid_request' });
    expect(await record()).toEqual(before);
  });

  test('of a client that nobody registered is not found', async () => {
    const { refusal } = await office();
    expect(await refusal({ ...roll, client_id: 'nobody' })).toMatchObject({ code: 'not_found' });
  });

  test('gives nobody a secret for one that has run out or was revoked: add one', async () => {
    const { done, refusal, clock, first, secrets } = await office(60);
    clock.seconds += 60;
    const conflict = { code: 'conflict', message: expect.stringContaining('add one') };
    expect(await refusal({ ...roll, expires_in: 60 })).toMatchObject(conflict);
    const { secret_id } = first;
    expect(await secrets()).toEqual([expect.objectContaining({ secret_id, is_expired: true })]);
    await done({ command: 'clients.secrets.revoke', client_id, secret_id });
    expect(await refusal(roll)).toMatchObject(conflict);
  });

  test.each([0, 60, undefined])(
    'during the grace of another is refused whatever its own (%s), and says what to revoke',
    async (grace) => {
      const { done, refusal, clock, first, record } = await office();
      const second = await done({ ...roll, grace: 100 });
      clock.seconds += 40;
      const before = await record();
      const refused = await refusal({ ...roll, ...(grace === undefined ? {} : { grace }) });
      expect(refused.code).toBe('conflict');
      expect(refused.message).toContain(`${first.secret_id}, which works for 60 seconds more`);
      expect(refused.message).toContain(`or ${second.secret_id}, if it was never handed over`);
      expect(await record()).toEqual(before);
      clock.seconds += 60;
      const third = await done(roll);
      expect(third.replaces.secret_id).toBe(second.secret_id);
      expect(third.secrets).toHaveLength(2);
    },
  );

  test('of a client with two secrets that do not expire says which is the older', async () => {
    const { done, refusal, clock, first } = await office();
    clock.seconds += 1;
    await done(add);
    expect((await refusal(roll)).message).toContain(
      `revoke ${first.secret_id}, which works until it is revoked,`,
    );
  });

  test('whose new secret was lost is made good by another: revoke it, and roll once more', async () => {
    const { done, clock, first } = await office();
    const end = clock.seconds + 100;
    const lost = await done({ ...roll, grace: 100 });
    await done({ command: 'clients.secrets.revoke', client_id, secret_id: lost.secret_id });
    clock.seconds += 40;
    const again = await done(roll);
    // The grace of the first roll is not prolonged by the second, and is no end of the new secret.
    expect(again.replaces).toMatchObject({ secret_id: first.secret_id, expires_at: end });
    expect(again.client_secret_expires_at).toBe(0);
  });

  test('that another one gets ahead of is refused without a grace too: the secret of the other would end unseen', async () => {
    let ahead: (() => Promise<unknown>) | undefined;
    const real = memoryRegistry(clientKind);
    const { done, refusal, living } = await office(undefined, {
      ...real,
      async replace(record, revision) {
        const other = ahead;
        ahead = undefined;
        await other?.();
        return real.replace(record, revision);
      },
    });
    const won: string[] = [];
    ahead = async () => won.push((await done({ ...roll, grace: 0 })).secret_id);
    expect(await refusal({ ...roll, grace: 0 })).toEqual({
      code: 'conflict',
      message: 'the secret was replaced just now: look at the client before another roll',
    });
    expect(await living()).toEqual(won);
    expect(won).toHaveLength(1);
  });

  test('leaves a client that is switched off so: it can be replaced before it is let in again', async () => {
    const { done } = await office();
    await done({ command: 'clients.disable', client_id });
    expect(await done({ ...roll, grace: 0 })).toMatchObject({ status: 'disabled' });
  });

  test('that meets a store in trouble says so, and a second one finds out what became of it', async () => {
    let isLosing = true;
    const real = memoryRegistry(clientKind);
    const { refusal, living, first } = await office(undefined, {
      ...real,
      async replace(record, revision) {
        const isReplaced = await real.replace(record, revision);
        if (isLosing) throw new Error('canary');
        return isReplaced;
      },
    });
    const answer = await refusal(roll);
    expect(answer).toMatchObject({ code: 'unavailable' });
    expect(answer.message).not.toContain('canary');
    isLosing = false;
    const [kept, unseen] = await living();
    expect(kept).toBe(first.secret_id);
    expect(await refusal(roll)).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`${unseen}, if it was never handed over`),
    });
  });
});

describe.each([
  ['memory', async () => memoryRegistry(clientKind)],
  ['DynamoDB', async () => dynamoRegistry(dynamo, await newTable(), clientKind)],
])('operators who roll at once over %s', (_store, open) => {
  const eight = async (grace: number) => {
    const { ask, ...desk } = await office(undefined, await open());
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask({ ...roll, grace })));
    const won = answers.flatMap((one) => (one.ok ? [one.result as RolledSecretView] : []));
    const lost = answers.flatMap((one) => (one.ok ? [] : [one.error.code]));
    expect(new Set(lost)).toEqual(new Set(['conflict']));
    return { ...desk, won };
  };

  test('with a grace: one gets a secret, and it works beside the old one', async () => {
    const { won, living, record, first } = await eight(60);
    expect(won).toHaveLength(1);
    expect(await living()).toEqual([first.secret_id, won[0]?.secret_id]);
    expect((await record())?.secrets.at(-1)?.hash).toBe(digest(won[0]?.client_secret ?? ''));
  });

  test('without a grace: none is put in the place of one that another has replaced', async () => {
    const { won, living, first } = await eight(0);
    const made = won.map(({ secret_id }) => secret_id);
    const [last, ...more] = await living();
    expect(more).toEqual([]);
    const replaced = won.map(({ replaces }) => replaces.secret_id);
    expect(replaced.sort()).toEqual([first.secret_id, ...made.filter((id) => id !== last)].sort());
  });

  test('and others who add and change: all is kept, and never do three secrets work', async () => {
    const { ask, living, record } = await office(undefined, await open());
    const [rolled, added, changed] = await Promise.all([
      ask(roll),
      ask(add),
      ask({ command: 'clients.update', client_id, name: 'New' }),
    ]);
    expect([rolled, added].filter(({ ok }) => ok)).toHaveLength(1);
    expect(changed.ok).toBe(true);
    expect((await record())?.name).toBe('New');
    expect(await living()).toHaveLength(2);
  });
});
