import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { keyward as commandLine, type Outcome } from '../support/command-line.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { bearer } from '../support/presented.ts';
import { until } from '../support/until.ts';

let world: DemoWorld;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyward-cli-'));
  world = await demoWorld();
}, 60_000);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

const keyward = (
  args: readonly string[],
  variables?: Readonly<Record<string, string>>,
  input?: string,
): Promise<Outcome> => commandLine(args, { folder, variables, input });

const at = () => ['--endpoint', world.awsEndpoint];

async function json(
  args: readonly string[],
  env?: Record<string, string>,
): Promise<Record<string, unknown>> {
  const outcome = await keyward([...args, ...at()], env);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(outcome.stdout);
}

/** Of a key that signs. */
async function activeKid(wanted?: string): Promise<string> {
  const { keys } = (await json(['keys', 'list'])) as {
    keys: readonly { kid: string; alg: string; state: string }[];
  };
  const key = keys.find(({ alg, state }) => state === 'active' && alg === (wanted ?? alg));
  return key?.kid ?? expect.fail('no key signs');
}

/** Each look starts a process, which takes its time on a busy machine. */
const soon = { timeout: 20_000 };

/** The answer of a route that is never replayed. */
const whoami = async (token: string): Promise<number> =>
  (await ask(world.restApi, '/whoami', { headers: bearer(token) })).status;

const secretOf = (secret: unknown) => ({ KEYWARD_CLIENT_SECRET: String(secret) });

describe('keyward', () => {
  test('a client is created, shown, changed, disabled, enabled and deleted; its secret is shown once', async () => {
    const created = await json([
      ...['clients', 'create', '--name', 'Reports', '--grant', 'client_credentials'],
      ...['--scope', 'orders:read', '--scope', 'orders:write', '--lifetime', '60'],
      ...['--introspects', 'https://a.example', '--introspects', 'https://b.example'],
    ]);
    expect(created).toMatchObject({
      name: 'Reports',
      scope: 'orders:read orders:write',
      grant_types: ['client_credentials'],
      access_token_lifetime: 60,
      introspects: ['https://a.example', 'https://b.example'],
      client_secret: expect.stringMatching(/^kwcs_/),
      client_secret_expires_at: 0,
    });
    const id = String(created.client_id);
    const shown = await json(['clients', 'show', id]);
    expect(JSON.stringify(shown)).not.toContain('kwcs_');
    expect(shown).not.toHaveProperty('client_secret');

    const updated = await json([
      ...['clients', 'update', id, '--scope', 'orders:read', '--alg', 'ES256'],
      ...['--introspects', 'none'],
    ]);
    expect(updated).not.toHaveProperty('introspects');
    expect(updated).toMatchObject({ scope: 'orders:read', access_token_signing_alg: 'ES256' });

    const token = await json(['token', '--client', id], secretOf(created.client_secret));
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 60, scope: 'orders:read' });
    const inspected = await json(['token', 'inspect', String(token.access_token)]);
    expect(inspected).toMatchObject({
      verdict: 'valid',
      header: { alg: 'ES256', typ: 'at+jwt' },
      claims: { client_id: id },
    });

    expect(await json(['clients', 'disable', id])).toMatchObject({ status: 'disabled' });
    await expect
      .poll(
        async () =>
          (await keyward(['token', '--client', id, ...at()], secretOf(created.client_secret))).code,
        soon,
      )
      .toBe(4);
    expect(await json(['clients', 'enable', id])).toMatchObject({ status: 'enabled' });

    expect((await keyward(['clients', 'delete', id, ...at()])).code).toBe(2);
    expect(await json(['clients', 'delete', id, '--yes'])).toEqual({
      client_id: id,
      deleted: true,
      tokens_revoked_until: expect.any(Number),
    });
    expect((await keyward(['clients', 'show', id, ...at()])).code).toBe(3);
  }, 60_000);

  test('a secret is replaced without an outage: two live at one time, a third is refused', async () => {
    const created = await json(['clients', 'create', '--name', 'Two', '--scope', 'orders:read']);
    const id = String(created.client_id);
    const added = await json(['clients', 'secrets', 'add', id, '--expires-in', '3600']);
    expect(added.secrets).toHaveLength(2);
    for (const secret of [created.client_secret, added.client_secret]) {
      await expect
        .poll(
          async () => (await keyward(['token', '--client', id, ...at()], secretOf(secret))).code,
          soon,
        )
        .toBe(0);
    }
    const third = await keyward(['clients', 'secrets', 'add', id, ...at()]);
    expect(third).toMatchObject({ code: 5, stdout: '' });
    await json(['clients', 'secrets', 'revoke', id, String(created.secret_id), '--yes']);
    await expect
      .poll(
        async () =>
          (await keyward(['token', '--client', id, ...at()], secretOf(created.client_secret))).code,
        soon,
      )
      .toBe(4);
    const file = join(folder, 'secret');
    writeFileSync(file, `${added.client_secret}\n`);
    expect(await json(['token', '--client', id, '--secret-file', file])).toHaveProperty(
      'access_token',
    );
  }, 60_000);

  test('a secret is rolled: both work for the grace, and the list tells which of them is used', async () => {
    const created = await json(['clients', 'create', '--name', 'Roll', '--scope', 'orders:read']);
    const id = String(created.client_id);
    const roll = ['clients', 'secrets', 'roll', id, '--grace', '3600'];
    const rolled = await json([...roll, '--expires-in', '7200']);
    const madeAt = Number(rolled.updated_at);
    expect(rolled).toMatchObject({
      client_secret: expect.stringMatching(/^kwcs_/),
      client_secret_expires_at: madeAt + 7_200,
      replaces: { secret_id: created.secret_id, expires_at: madeAt + 3_600, is_expired: false },
    });
    await json(['token', '--client', id], secretOf(created.client_secret));
    const table = await keyward(['clients', 'secrets', 'list', id, '--output', 'table', ...at()]);
    const [header, old, young, ...more] = table.stdout.trimEnd().split('\n');
    expect(header).toMatch(/^secret_id +hint +created_at +expires_at +is_expired +last_used_at$/);
    const iso = (second: number) => new Date(second * 1000).toISOString();
    expect(old).toMatch(new RegExp(`^${created.secret_id} .+ ${iso(madeAt + 3_600)} +false +\\d`));
    expect(young).toMatch(new RegExp(`^${rolled.secret_id} .+ ${iso(madeAt + 7_200)} +false +-$`));
    expect(more).toEqual([]);
    const again = await keyward([...roll, ...at()]);
    expect(again).toMatchObject({ code: 5, stdout: '' });
    expect(again.stderr).toContain(`revoke ${created.secret_id}, which works for`);
  }, 60_000);

  test('keys are listed and rotated; without --force a rotation that is too early is refused', async () => {
    const before = (await json(['keys', 'list'])).keys as { kid: string; state: string }[];
    expect(before.map(({ state }) => state).sort()).toEqual(['active', 'active', 'next', 'next']);
    const early = await keyward(['keys', 'rotate', ...at()]);
    expect(early).toMatchObject({ code: 5, stdout: '' });
    expect(early.stderr).toContain('too early');
    const after = (await json(['keys', 'rotate', '--force'])).keys as {
      kid: string;
      state: string;
    }[];
    const next = before.filter(({ state }) => state === 'next').map(({ kid }) => kid);
    const active = after.filter(({ state }) => state === 'active').map(({ kid }) => kid);
    expect(active.sort()).toEqual(next.sort());
  }, 60_000);

  test('of operators who rotate at once one does, the others are told that a rotation is in progress', async () => {
    const before = (await json(['keys', 'list'])).generation;
    const outcomes = await Promise.all(
      Array.from({ length: 3 }, () => keyward(['keys', 'rotate', '--force', ...at()])),
    );
    const codes = outcomes.map(({ code }) => code);
    expect(codes).toContain(0);
    expect(codes.filter((code) => code !== 0 && code !== 5)).toEqual([]);
    const rotations = codes.filter((code) => code === 0).length;
    const after = Number((await json(['keys', 'list'])).generation);
    expect(after).toBeGreaterThan(Number(before));
    expect(after).toBeLessThanOrEqual(Number(before) + rotations);
    expect((await keyward(['keys', 'unstick', ...at()])).code).toBe(2);
    expect(await json(['keys', 'unstick', '--yes'])).toMatchObject({ detached: false });
  }, 60_000);

  test('keys are revoked although no rotation can be started: nobody trusts them, and the failure says why', async () => {
    const kid = await activeKid('RS256');
    const token = await world.token('orders:read');
    expect(await whoami(token)).toBe(200);
    const command = ['keys', 'revoke', kid, '--reason', 'it leaked', '--yes'];
    expect((await keyward([...command, '--timeout', 'soon', ...at()])).code).toBe(2);
    expect((await json(['keys', 'list'])).revoked).toEqual([]);
    const heal = world.hosted.endpoint.inject({
      operation: 'secretsmanager:RotateSecret',
      fault: { kind: 'access-denied' },
    });
    const failed = await keyward([...command, '--timeout', '0', ...at()]);
    heal();
    expect(failed).toMatchObject({ code: 4, stdout: '' });
    expect(failed.stderr).toMatch(new RegExp(`^keyward: AWS refused: .*keys revoke ${kid} .*\n$`));
    await expect.poll(() => whoami(token), soon).toBe(401);
    expect(JSON.stringify((await json(['keys', 'list'])).keys)).not.toContain(kid);
    // Whatever the operator is called.
    expect((await json(command, { USER: 'jörg\u2028' })).active).not.toContain(kid);
  }, 60_000);

  test('keys are revoked; while their rotation fails the command says what is left, and may be repeated', async () => {
    const kid = await activeKid();
    const command = ['keys', 'revoke', kid, '--reason', 'it leaked', '--yes'];
    const fault = { kind: 'access-denied' } as const;
    const heal = world.hosted.endpoint.inject({
      operation: 'secretsmanager:PutSecretValue',
      fault,
    });
    const failed = await keyward([...command, '--timeout', '1', ...at()]);
    const rotated = await keyward(['keys', 'rotate', '--force', ...at()]);
    heal();
    expect(rotated).toMatchObject({ code: 5, stderr: expect.stringContaining(kid) });
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toContain(`keyward keys revoke ${kid}`);
    // Secrets Manager tries again by itself; if it has given up, the command begins anew.
    const revoked = async () => {
      const { revoked: all } = (await json(['keys', 'list'])) as {
        revoked: readonly { kid: string }[];
      };
      return JSON.stringify(all.find((one) => one.kid === kid));
    };
    await until(revoked, (seen) => seen.includes('ended_at'));
    const done = await json(command);
    expect(await revoked()).toContain('ended_at');
    expect(done).toMatchObject({ revoked: [kid], refused_by: expect.any(Array) });
    expect(done.active).toHaveLength(2);
    expect(done.active).not.toContain(kid);
    const list = await keyward(['keys', 'list', '--output', 'table', ...at()]);
    expect(list.stdout).toMatch(new RegExp(`${kid}.*revoked`));
  }, 60_000);

  test('keys are revoked although a rotation was at work, of whose ring nothing can come any more', async () => {
    const kid = await activeKid();
    // It has read the ring before, and what it makes of it is written after: that holds the key, and is in the way.
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const heal = world.hosted.endpoint.inject({
      operation: 'secretsmanager:PutSecretValue',
      times: 1,
      fault: {
        kind: 'held',
        by() {
          arrived.resolve();
          return released.promise;
        },
      },
    });
    const rotated = keyward(['keys', 'rotate', '--force', ...at()]);
    await arrived.promise;
    const revoked = json(['keys', 'revoke', kid, '--reason', 'it leaked too early', '--yes']);
    const isDetached = () =>
      world.logged.some(
        ({ line }) => line.includes('rotation_detached') && line.includes('it leaked too early'),
      );
    await expect.poll(isDetached, soon).toBe(true);
    released.resolve();
    const done = await revoked;
    heal();
    expect(done.active).toHaveLength(2);
    expect(done.active).not.toContain(kid);
    expect((await rotated).code).not.toBe(0);
  }, 60_000);

  test('an API key is made, shown, rolled, disabled, enabled and deleted; each key is shown once', async () => {
    const created = await json([
      ...['api-keys', 'create', '--name', 'Nightly report', '--scope', 'orders:read'],
      ...['--owner', 'reports', '--address', '192.0.2.0/24', '--usage-plan-key', 'k'.repeat(20)],
    ]);
    const id = String(created.key_id);
    expect(created).toMatchObject({
      name: 'Nightly report',
      owner: 'reports',
      scope: 'orders:read',
      api_key: expect.stringMatching(new RegExp(`^kw_test_${id}_[0-9A-Za-z]{49}$`)),
    });
    const { api_key: key, ...view } = created;
    expect(await json(['api-keys', 'show', id])).toEqual(view);

    const rolled = await json(['api-keys', 'roll', id, '--grace', '60', '--expires-in', '3600']);
    const next = String(rolled.key_id);
    expect(rolled).toMatchObject({
      owner: 'reports',
      api_key: expect.stringContaining(`kw_test_${next}_`),
      expires_at: Number(rolled.created_at) + 3_600,
      replaces: { key_id: id, replaced_by: next, works_until: Number(rolled.created_at) + 60 },
    });
    expect((await keyward(['api-keys', 'roll', id, ...at()])).code).toBe(5);

    const list = await keyward(['api-keys', 'list', '--output', 'table', ...at()]);
    expect(list.stdout.split('\n')[0]).toMatch(/^key_id +name +owner +status/);
    for (const secret of [key, rolled.api_key].map((text) => String(text).slice(-49))) {
      expect(list.stdout).not.toContain(secret);
    }
    const untilText = new Date((Number(rolled.created_at) + 60) * 1000).toISOString();
    expect(list.stdout).toContain(untilText);

    // Whoever has a key that leaked has the whole of it at hand, or what a scanner has left of it.
    const whole = String(rolled.api_key);
    expect(await json(['api-keys', 'disable', whole])).toMatchObject({ status: 'disabled' });
    expect(await json(['api-keys', 'enable', next])).toMatchObject({ status: 'enabled' });
    expect(await json(['api-keys', 'show', whole.slice(0, -9)])).toMatchObject({ key_id: next });
    const unmeant = await keyward(['api-keys', 'delete', whole, ...at()]);
    expect(unmeant).toMatchObject({ code: 2, stderr: `keyward: add --yes to delete ${next}\n` });
    const secret = whole.slice(-49);
    const misplaced = await keyward(['api-keys', 'disable', secret, ...at()]);
    expect(misplaced.code).toBe(2);
    expect(misplaced.stderr).toMatch(/^keyward: key_id must be .*nothing was sent\n$/);
    expect(misplaced.stderr).not.toContain(secret);
    expect(await json(['api-keys', 'delete', next, '--yes'])).toEqual({
      key_id: next,
      deleted: true,
    });
    expect((await keyward(['api-keys', 'show', next, ...at()])).code).toBe(3);
  }, 60_000);

  test('whether an API key is whole is told without asking anybody (exit 7 when it is not)', async () => {
    const key = 'kw_test_KeywardDemo1_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf258FJS';
    const nowhere = ['api-keys', 'verify', '--endpoint', 'http://127.0.0.1:9'];
    const whole = await keyward(nowhere, {}, `${key}\n`);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(whole.stdout)).toEqual({
      verdict: 'whole',
      prefix: 'kw',
      environment: 'test',
      key_id: 'KeywardDemo1',
    });
    const broken = await keyward(nowhere, {}, key.replace('a', 'b'));
    expect(broken).toMatchObject({ code: 7, stdout: '' });
    expect(broken.stderr).toMatch(/^keyward: [^\n]+\n$/);
    expect(broken.stderr).not.toContain('003');
    expect((await keyward(nowhere, {}, '')).code).toBe(2);
  });

  test('a token that is handed over is refused everywhere; of it only its id, issuer and end are sent', async () => {
    const token = await world.token('orders:read');
    const { jti, exp } = decodeJwt(token);
    const lines = world.logged.length;
    const revoked = await keyward(
      ['revoke', 'token', '-', '--reason', 'pasted into a chat', ...at()],
      {},
      `${token}\n`,
    );
    expect(revoked).toMatchObject({ code: 0, stderr: '' });
    const answer = JSON.parse(revoked.stdout);
    expect(answer).toEqual({
      ...{ level: 'token', id: jti, issuer: world.issuer, poll_seconds: 1 },
      kept_until: expect.any(Number),
    });
    expect(answer.kept_until).toBeGreaterThan(Number(exp) + 120);
    await expect.poll(() => whoami(token), soon).toBe(401);
    const said = JSON.stringify(world.logged.slice(lines));
    expect(said).toContain('pasted into a chat');
    for (const part of token.split('.')) expect(said).not.toContain(part);
    const { revocations } = await json(['revocations', 'list']);
    expect(revocations).toContainEqual(expect.objectContaining({ kind: 'token', id: jti }));
    const all = (await json(['revocations', 'list', '--all'])).revocations as { kind: string }[];
    expect(all.map(({ kind }) => kind)).toContain('changed');
  }, 60_000);

  test('what a client and a subject hold is ended, and they get new tokens', async () => {
    const created = await json(['clients', 'create', '--name', 'Cut', '--scope', 'orders:read']);
    const id = String(created.client_id);
    const newToken = async () => {
      const token = await json(['token', '--client', id], secretOf(created.client_secret));
      return String(token.access_token);
    };
    const old = await newToken();
    expect(await whoami(old)).toBe(200);
    const ended = await json(['revoke', 'client', id, '--yes']);
    expect(ended).toMatchObject({ level: 'client', id, cut: expect.any(Number) });
    expect(ended.cut).toBeGreaterThan(Number(decodeJwt(old).iat));
    await expect.poll(() => whoami(old), soon).toBe(401);
    const subject = await json(['revoke', 'subject', 'alice', '--yes']);
    expect(subject).toMatchObject({ level: 'subject', id: 'alice', issuer: world.issuer });
    const table = await keyward(['revocations', 'list', '--output', 'table', ...at()]);
    expect(table.stdout.split('\n')[0]).toMatch(/^kind +id +logged_at +expires_at +cut/);
    expect(table.stdout).toContain(new Date(Number(ended.cut) * 1000).toISOString());
    expect(table.stdout).not.toContain('alice');
    const isNewer = async () => {
      const token = await newToken();
      return Number(decodeJwt(token).iat) > Number(ended.cut) && (await whoami(token)) === 200;
    };
    await expect.poll(isNewer, soon).toBe(true);
  }, 60_000);

  test('one look tells what is guarded, with its bounds, and who follows the log', async () => {
    const token = await world.token('orders:read');
    await ask(world.httpApi, '/whoami', { headers: bearer(token) });
    const status = await json(['status']);
    expect(status).toMatchObject({
      ...{ deployment: 'default', issuer: world.issuer, poll_seconds: 1, revocations_owed: 0 },
      active_keys: [{ alg: expect.any(String), age_seconds: expect.any(Number) }, {}],
      apis: [
        { kind: 'websocket', stages: ['live'], revocation_lag_seconds: 1 },
        { kind: 'http', stages: ['$default'], revocation_lag_seconds: 60 },
        { kind: 'rest', stages: ['prod'], routes: expect.stringContaining('GET /orders') },
      ],
    });
    const environments = status.environments as { function: string; age_seconds: number }[];
    const names = environments.map((one) => one.function).join(' ');
    expect(names).toMatch(/Token/);
    expect(names).toMatch(/Authorizer/);
    expect(environments[0]?.age_seconds).toBeGreaterThanOrEqual(
      environments.at(-1)?.age_seconds ?? 0,
    );
  });

  test('the caches of every API are emptied, or those of one', async () => {
    const { apis } = (await json(['status'])) as { apis: { api_id: string; kind: string }[] };
    const flushed = (await json(['caches', 'flush', '--yes'])) as unknown as object[];
    expect(flushed).toMatchObject([
      { kind: 'http', stage: '$default', flushed: true },
      { kind: 'rest', stage: 'prod', flushed: true },
    ]);
    const rest = String(apis.find(({ kind }) => kind === 'rest')?.api_id);
    expect(await json(['caches', 'flush', '--api', rest, '--yes'])).toMatchObject([
      { api_id: rest, stage: 'prod' },
    ]);
  });

  test('what it prints fits where it is read: JSON for programs, a table on request', async () => {
    const table = await keyward(['clients', 'list', '--output', 'table', ...at()]);
    expect(table.stdout.split('\n')[0]).toMatch(/^client_id +name +status/);
  });

  test.each([
    [['frobnicate'], 2],
    [['clients', 'create'], 2],
    [['clients', 'create', '--name', 'x', '--scope', 'a"b'], 2],
    [['clients', 'create', '--name', 'x', '--grant', 'password'], 2],
    [['clients', 'create', '--name', 'x', '--resource', '/relative'], 2],
    [['clients', 'update', 'nobody', '--name', 'y'], 3],
    [['clients', 'update', 'nobody'], 2],
    [['api-keys', 'create'], 2],
    [['api-keys', 'create', '--name', 'x', '--address', '10.0.0.0/33'], 2],
    [['api-keys', 'roll', '1KeywardDemo', '--grace', '-1'], 2],
    [['api-keys', 'roll', '1KeywardDemo', '--grace', '2592001'], 2],
    [['api-keys', 'roll', '1KeywardDemo'], 3],
    [['clients', 'secrets', 'roll', 'nobody', '--grace', '2592001'], 2],
    [['clients', 'secrets', 'roll', 'nobody'], 3],
    [['keys', 'revoke', '--reason', 'x', '--yes'], 2],
    [['keys', 'revoke', 'a', '--all', '--reason', 'x', '--yes'], 2],
    [['keys', 'revoke', 'a', '--yes'], 2],
    [['keys', 'revoke', 'a', '--reason', 'x'], 2],
    [['keys', 'revoke', 'nobody', '--reason', 'x', '--yes'], 3],
    [['revoke', 'key', 'nobody', '--reason', 'x', '--yes'], 3],
    [['keys', 'revoke', 'no\u001b[31mbody', '--reason', 'x', '--yes'], 3],
    [['keys', 'revoke', 'kwcs_wrong', '--reason', 'x', '--yes'], 2],
    [['keys', 'revoke', '--all', '--reason', 'kwcs_wrong', '--yes'], 2],
    [['clients', 'list', '--output', 'xml'], 2],
    [['token', '--client', 'nobody'], 2],
    [['clients', 'list', '--deployment', 'other'], 3],
    [['revoke', 'client', 'nobody', '--yes'], 3],
    [['revoke', 'client', 'nobody'], 2],
    [['revoke', 'subject', 'alice'], 2],
    [['revoke', 'token', 'not-a-jti'], 2],
    [['revoke', 'grant', 'a b'], 2],
    [['caches', 'flush'], 2],
    [['caches', 'flush', '--api', 'nothing', '--yes'], 3],
    [['status', '--deployment', 'other'], 3],
  ])('%j ends with %d, one line on stderr and nothing on stdout', async (args, code) => {
    const outcome = await keyward([...args, ...at()]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^keyward: [^\p{Cc}]+\n$/u);
    expect(outcome.stderr).not.toContain('kwcs_');
  });

  test('an address that is not of this machine is refused before anything is sent', async () => {
    const outcome = await keyward(['clients', 'list', '--endpoint', 'http://169.254.169.254']);
    expect(outcome.code).toBe(2);
  });

  test('an instance that does not answer is unreachable (exit 6)', async () => {
    const outcome = await keyward(['clients', 'list', '--endpoint', 'http://127.0.0.1:9']);
    expect(outcome.code).toBe(6);
  });

  test('a wrong secret is not allowed (exit 4), and the secret appears nowhere', async () => {
    const outcome = await keyward(
      ['token', '--client', world.clientId, ...at()],
      secretOf('kwcs_wrong'),
    );
    expect(outcome.code).toBe(4);
    expect(outcome.stderr + outcome.stdout).not.toContain('kwcs_wrong');
  });
});
