import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { AdminAnswer } from '../../functions/admin/commands.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import type { BasicUser } from '../../functions/core/credentials/basic-user.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';
import { verifyPassword } from '../../functions/core/credentials/password-hash.ts';
import { digest } from '../../functions/core/digest.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import { adminPorts } from '../support/admin-ports.ts';
import { basicGate } from '../support/basic-gate.ts';
import { audience } from '../support/gate.ts';
import { quickAlice } from '../support/users.ts';

function office(registry: Registry<BasicUser> = memoryRegistry(basicUserKind)) {
  const audit: AuditEvent[] = [];
  const clock = { seconds: 1_000 };
  const run = admin(
    adminPorts({
      clients: memoryRegistry(clientKind),
      users: registry,
      keys: { read: async () => undefined },
      randomness: systemRandomness,
      clock: { now: () => clock.seconds },
      audit: { write: (event) => audit.push(event) },
      limits: { grantTypes: ['client_credentials'], accessTokenLifetimeMaxSeconds: 3_600 },
      defaultResource: audience,
      publicationLeadSeconds: 86_400,
      publishedKeysMax: 10,
    }),
  );
  const ask = (command: unknown): Promise<AdminAnswer> => run(command, 'r1');
  const done = async (command: unknown): Promise<Record<string, unknown>> => {
    const answer = await ask(command);
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer.result as Record<string, unknown>;
  };
  const refusal = async (command: unknown) => {
    const answer = await ask(command);
    return answer.ok ? 'done' : answer.error.code;
  };
  const stored = async (name: string) => (await registry.read(name))?.record;
  return { ask, done, refusal, stored, audit, clock, registry };
}

const create = { command: 'users.create', username: 'alice' };
const password = 'correct horse battery';

describe('operators of Basic users', () => {
  test('make a user with a drawn password, shown once and kept as its hash alone', async () => {
    const { done, stored, audit } = office();
    const { password: drawn, ...view } = await done({ ...create, scope: ['orders:read'] });
    expect(drawn).toMatch(/^kwup_[0-9A-Za-z]{49}$/);
    expect(view).toEqual({
      username: 'alice',
      owner: 'user:alice',
      scope: 'orders:read',
      resources: [audience],
      status: 'enabled',
      password_kind: 'generated',
      password_set_at: 1_000,
      is_outdated: false,
      created_at: 1_000,
      updated_at: 1_000,
    });
    expect(await stored('alice')).toMatchObject({
      secret: { kind: 'generated', hash: digest(String(drawn)) },
    });
    expect(JSON.stringify([await stored('alice'), audit])).not.toContain('kwup_');
    expect(audit).toEqual([
      {
        event: 'admin',
        requestId: 'r1',
        command: 'users.create',
        outcome: 'done',
        subject: 'alice',
      },
    ]);
  });

  test('make a user with a password of their choice, which is shown and kept nowhere', async () => {
    const { done, stored, audit } = office();
    const view = await done({ ...create, password, owner: 'team-a', tier: 'gold', expires_in: 9 });
    expect(view).toMatchObject({
      owner: 'team-a',
      tier: 'gold',
      expires_at: 1_009,
      password_kind: 'password',
    });
    const user = await stored('alice');
    expect(user?.secret.kind === 'password' && user.secret.phc).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    );
    expect(JSON.stringify([view, user, audit])).not.toContain(password);
  });

  test('make what the gateway lets in: by the drawn password, by the chosen one, and by no other', async () => {
    const { done, stored } = office();
    const drawn = String((await done({ ...create, username: 'robot' })).password);
    await done({ ...create, username: 'jo\u0308rg', password: 'u\u0308ber-secret' });
    const users = [await stored('robot'), await stored('jörg')].filter((one) => one !== undefined);
    const gate = basicGate(users);
    expect(await gate.outcome({ name: 'robot', password: drawn })).toBe('authenticated');
    for (const name of ['jörg', 'jo\u0308rg']) {
      expect(await gate.outcome({ name, password: 'über-secret' })).toBe('authenticated');
    }
    expect(await gate.outcome({ name: 'jörg', password: drawn })).toBe('bad_password');
  });

  test('hash the same password of two users under two salts', async () => {
    const { done, stored } = office();
    const hashes: unknown[] = [];
    for (const username of ['a', 'b']) {
      await done({ ...create, username, password });
      hashes.push((await stored(username))?.secret);
    }
    expect(hashes[0]).not.toEqual(hashes[1]);
  });

  test('set a password anew, chosen or drawn; everything else stays', async () => {
    const { done, stored, clock } = office();
    await done({ ...create, scope: ['a'] });
    clock.seconds += 5;
    const chosen = await done({ command: 'users.set-password', username: 'alice', password });
    expect(chosen).toMatchObject({
      password_kind: 'password',
      password_set_at: 1_005,
      updated_at: 1_005,
      created_at: 1_000,
      scope: 'a',
    });
    expect(chosen).not.toHaveProperty('password');
    const user = await stored('alice');
    expect(
      user?.secret.kind === 'password' && (await verifyPassword(password, user.secret.phc)),
    ).toBe(true);
    clock.seconds += 5;
    const drawn = await done({ command: 'users.set-password', username: 'alice' });
    expect(drawn).toMatchObject({ password_kind: 'generated', password_set_at: 1_010 });
    expect(await stored('alice')).toMatchObject({
      secret: { hash: digest(String(drawn.password)) },
    });
  });

  test('switch a user off and on, and remove it', async () => {
    const { done, refusal } = office();
    await done(create);
    const named = { username: 'alice' };
    expect(await done({ command: 'users.disable', ...named })).toMatchObject({
      status: 'disabled',
    });
    expect(await done({ command: 'users.enable', ...named })).toMatchObject({ status: 'enabled' });
    expect(await done({ command: 'users.delete', ...named })).toEqual({ ...named, deleted: true });
    expect(await refusal({ command: 'users.delete', ...named })).toBe('not_found');
    expect(await done({ command: 'users.list' })).toEqual([]);
  });

  test('see on the list whose password is hashed with parameters of another time, and no hash', async () => {
    const { done } = office(memoryRegistry(basicUserKind, [quickAlice]));
    await done({ ...create, username: 'bob', password });
    await done({ ...create, username: 'carl' });
    const list = (await done({ command: 'users.list' })) as unknown as Record<string, unknown>[];
    expect(list.map(({ username, is_outdated }) => [username, is_outdated])).toEqual([
      ['alice', true],
      ['bob', false],
      ['carl', false],
    ]);
    expect(JSON.stringify(list)).not.toMatch(/argon2|hash|phc|secret/);
    await done({ command: 'users.set-password', username: 'alice', password });
    expect(((await done({ command: 'users.list' })) as unknown as object[])[0]).toMatchObject({
      is_outdated: false,
    });
  });

  test('name nobody by what looks like a secret, which would show in every decision', async () => {
    const { refusal, stored } = office();
    for (const username of [`kwup_${'1a'.repeat(24)}`, ' kwcs_1', 'kw_live_abcdefghijkm_1']) {
      expect(await refusal({ ...create, username })).toBe('invalid_request');
      expect(await stored(username)).toBeUndefined();
    }
  });

  test('make a user once, whichever way the name is spelt', async () => {
    const { done, refusal } = office();
    await done({ ...create, username: 'jörg' });
    const again = { ...create, username: 'jo\u0308rg' };
    expect(await refusal(again)).toBe('conflict');
    expect(await done({ command: 'users.disable', username: again.username })).toMatchObject({
      username: 'jörg',
    });
  });

  test.each(['set-password', 'disable', 'enable', 'delete'])(
    'are told that there is no such user to %s',
    async (verb) => {
      expect(await office().refusal({ command: `users.${verb}`, username: 'nobody' })).toBe(
        'not_found',
      );
    },
  );

  test.each([
    [{ ...create, password: 'seven77' }],
    [{ ...create, password: 'x'.repeat(1_025) }],
    [{ ...create, password: 'tab\tinside' }],
    [{ ...create, password: '\ud800 half a pair' }],
    [{ ...create, username: 'alice.smith', password: 'Alice.Smith' }],
    [{ ...create, password: '' }],
    [{ ...create, password: null }],
    [{ ...create, password: 12_345_678 }],
    [{ command: 'users.set-password', username: 'alice', password: 'short' }],
    [{ ...create, username: '' }],
    [{ ...create, username: 'a:b' }],
    [{ ...create, username: 'a\nb' }],
    [{ ...create, username: 'x'.repeat(257) }],
    [{ ...create, username: '\udc00' }],
    [{ ...create, username: 'alice\u200b' }],
    [{ ...create, username: '\u202eecila' }],
    [{ ...create, username: 'alice\u2028bob' }],
    [{ command: 'users.create' }],
    [{ command: 'users.disable', username: 'x'.repeat(3_000) }],
    [{ ...create, scope: ['a b'] }],
    [{ ...create, resources: [] }],
    [{ ...create, addresses: ['192.0.2.0/33'] }],
    [{ ...create, tier: 'Gold' }],
    [{ ...create, expires_in: 0 }],
    [{ ...create, passwort: 'misspelt option' }],
    [{ command: 'users.list', username: 'alice' }],
  ])('are refused %j, and nothing is written', async (command) => {
    const { refusal, done, audit } = office();
    expect(await refusal(command)).toBe('invalid_request');
    expect(await done({ command: 'users.list' })).toEqual([]);
    expect(audit[0]).toMatchObject({ outcome: 'refused', error: 'invalid_request' });
  });

  test('of 8 and of 1,024 bytes a password is fine', async () => {
    const { done } = office();
    for (const [i, length] of [8, 1_024].entries()) {
      await done({ ...create, username: `u${i}`, password: 'é'.repeat(length / 2) });
    }
  });

  test('leave a trace of each name, in clear where it is plain, and none of what they mistook for one', async () => {
    const { done, refusal, audit } = office();
    await done({ ...create, username: 'jörg müller' });
    await refusal({ command: 'users.disable', username: 'mein Kennwört' });
    await refusal({ ...create, password: 'canary' });
    expect(audit.map((event) => event.event === 'admin' && event.subject)).toEqual([
      `sha256:${hash('sha256', 'jörg müller', 'hex').slice(0, 16)}`,
      undefined,
      'alice',
    ]);
    expect(JSON.stringify(audit)).not.toContain('canary');
  });

  test('who change one user at once all have their change', async () => {
    const { done, ask, stored } = office();
    await done(create);
    await Promise.all([
      ask({ command: 'users.set-password', username: 'alice', password }),
      ask({ command: 'users.disable', username: 'alice' }),
    ]);
    expect(await stored('alice')).toMatchObject({
      status: 'disabled',
      secret: { kind: 'password' },
    });
  });

  test('are told to come back while the store does not answer', async () => {
    const registry = memoryRegistry(basicUserKind);
    const { ask } = office({
      ...registry,
      list: async () => {
        throw new Error('details of the store');
      },
    });
    const answer = await ask({ command: 'users.list' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(JSON.stringify(answer)).not.toContain('details');
  });
});
