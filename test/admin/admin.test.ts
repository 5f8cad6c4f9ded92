import { describe, expect, test } from 'vitest';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { AdminAnswer } from '../../functions/admin/commands.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { certificatePinKind } from '../../functions/core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../functions/core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../../functions/core/certificates/revoked-certificate.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';
import type { PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import { adminPorts } from '../support/admin-ports.ts';

const keySet: PublishedKeySet = {
  v: 1,
  generation: 3,
  revision: 5,
  keys: [
    {
      jwk: { kty: 'RSA', kid: 'k1', alg: 'RS256', use: 'sig', n: 'n', e: 'AQAB' },
      state: 'active',
      publishedAt: 10,
    },
  ],
  revoked: [
    { id: 'k0', use: 'sig', revokedAt: 20, generation: 2, endedAt: 30 },
    { id: 'm0', use: 'mac', revokedAt: 20, generation: 2 },
  ],
};

const noClients = (): Registry<Client> => memoryRegistry(clientKind);

function office(registry: Registry<Client> = noClients(), published?: PublishedKeySet) {
  const audit: AuditEvent[] = [];
  const clock = { seconds: 1_000 };
  const run = admin(
    adminPorts({
      clients: registry,
      apiKeys: memoryRegistry(apiKeyKind),
      apiKeyFormat: { prefix: 'kw', environment: 'live' },
      certificatePins: memoryRegistry(certificatePinKind),
      certificateRules: memoryRegistry(certificateRuleKind),
      revokedCertificates: memoryRegistry(revokedCertificateKind),
      users: memoryRegistry(basicUserKind),
      keys: { read: async () => published },
      randomness: systemRandomness,
      clock: { now: () => clock.seconds },
      audit: { write: (event) => audit.push(event) },
      limits: { grantTypes: ['client_credentials'], accessTokenLifetimeMaxSeconds: 3_600 },
      defaultResource: 'https://api.example',
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
  return { ask, done, refusal, audit, clock, registry };
}

const create = { command: 'clients.create', name: 'Orders', scope: ['a', 'b'] };

describe('the admin function', () => {
  test('registers a client with what is safe by default, and keeps of its secret the hash alone', async () => {
    const { done, registry, audit } = office();
    const created = await done(create);
    expect(created).toMatchObject({
      client_id: expect.stringMatching(/^kwc_[0-9A-Za-z]{22}$/),
      client_secret: expect.stringMatching(/^kwcs_/),
      status: 'enabled',
      grant_types: ['client_credentials'],
      token_endpoint_auth_methods: ['client_secret_basic', 'client_secret_post'],
      scope: 'a b',
      default_scope: 'a b',
      resources: ['https://api.example'],
      default_resource: 'https://api.example',
      access_token_signing_alg: 'RS256',
    });
    const stored = JSON.stringify(await registry.read(String(created.client_id)));
    expect(stored).not.toContain(String(created.client_secret));
    expect(JSON.stringify(audit)).not.toContain('kwcs_');
    expect(audit).toEqual([
      {
        event: 'admin',
        requestId: 'r1',
        command: 'clients.create',
        outcome: 'done',
        subject: created.client_id,
      },
    ]);
  });

  test('answers a change with the whole record; what is not named stays', async () => {
    const { done } = office();
    const { client_id } = await done({ ...create, access_token_lifetime: 60 });
    const changed = await done({ command: 'clients.update', client_id, scope: ['b', 'c'] });
    expect(changed).toMatchObject({
      name: 'Orders',
      scope: 'b c',
      default_scope: 'b',
      access_token_lifetime: 60,
    });
    const back = await done({ command: 'clients.update', client_id, access_token_lifetime: null });
    expect(back).not.toHaveProperty('access_token_lifetime');
  });

  test('a client introspects nothing until somebody says what, and nothing again when that is taken away', async () => {
    const { done, registry } = office();
    const { client_id, ...created } = await done(create);
    expect(created).not.toHaveProperty('introspects');
    const update = { command: 'clients.update', client_id };
    const introspects = ['https://api.example'];
    expect(await done({ ...update, introspects })).toMatchObject({ introspects });
    expect(await done({ ...update, name: 'Else' })).toMatchObject({ introspects });
    expect(await done({ ...update, introspects: [] })).not.toHaveProperty('introspects');
    expect((await registry.read(String(client_id)))?.record).not.toHaveProperty('introspects');
  });

  test.each([
    [{ ...create, name: '' }],
    [{ ...create, name: 'a\nb' }],
    [{ ...create, name: 'a\u202eb' }],
    [{ ...create, name: 'x'.repeat(101) }],
    [{ ...create, scope: ['a b'] }],
    [{ ...create, scope: 'a' }],
    [{ ...create, grant_types: ['password'] }],
    [{ ...create, grant_types: [] }],
    [{ ...create, default_scope: ['c'] }],
    [{ ...create, resources: ['/relative'] }],
    [{ ...create, resources: [] }],
    [{ ...create, default_resource: 'https://x.example', resources: ['https://y.example'] }],
    [{ ...create, token_endpoint_auth_methods: ['none'] }],
    [{ ...create, access_token_lifetime: 0 }],
    [{ ...create, access_token_lifetime: 3_601 }],
    [{ ...create, access_token_lifetime: '60' }],
    [{ ...create, access_token_signing_alg: 'none' }],
    [{ ...create, introspects: ['/relative'] }],
    [{ ...create, introspects: 'https://api.example' }],
    [{ ...create, introspects: Array.from({ length: 21 }, (_, i) => `https://${i}.example`) }],
    [{ ...create, client_id: 'a b' }],
    [{ ...create, secret_expires_in: 0 }],
    [{ ...create, scopes: ['a'] }],
    [{ ...create, __proto__x: 1 }],
    [{ command: 'clients.show' }],
    [{ command: 'toString' }],
    [{ command: '__proto__' }],
    [{}],
    [null],
    ['clients.list'],
    [[]],
  ])('refuses %j as invalid and writes nothing', async (command) => {
    const { refusal, done, audit } = office();
    expect(await refusal(command)).toBe('invalid_request');
    expect(await done({ command: 'clients.list' })).toEqual([]);
    expect(audit[0]).toMatchObject({ outcome: 'refused', error: 'invalid_request' });
  });

  test('a client that breaks a rule younger than itself can be switched off, and its secrets replaced', async () => {
    const { done, refusal, registry } = office();
    const { client_id, secret_id } = await done(create);
    const found = await registry.read(String(client_id));
    if (found === undefined) expect.fail('it is gone');
    await registry.replace({ ...found.record, name: 'a\u202eb' }, found.revision);
    const named = { client_id };
    expect(await done({ command: 'clients.disable', ...named })).toMatchObject({
      status: 'disabled',
    });
    await done({ command: 'clients.enable', ...named });
    await done({ command: 'clients.secrets.add', ...named });
    await done({ command: 'clients.secrets.revoke', ...named, secret_id });
    const update = { command: 'clients.update', ...named, scope: ['a'] };
    expect(await refusal(update)).toBe('invalid_request');
    expect(await done({ ...update, name: 'Orders' })).toMatchObject({ name: 'Orders' });
  });

  test("a client_id of one's own exists once, and is no secret", async () => {
    const { done, refusal } = office();
    await done({ ...create, client_id: 'orders' });
    expect(await refusal({ ...create, client_id: 'orders' })).toBe('conflict');
    const secret = `kwcs_${'1a'.repeat(24)}`;
    expect(await refusal({ ...create, client_id: secret })).toBe('invalid_request');
  });

  test.each(['show', 'update', 'disable', 'enable', 'delete', 'secrets.add'])(
    'clients.%s of nobody is not found',
    async (verb) => {
      const change = verb === 'update' ? { name: 'x' } : {};
      expect(
        await office().refusal({ command: `clients.${verb}`, client_id: 'nobody', ...change }),
      ).toBe('not_found');
    },
  );

  test('at most two secrets live; an expired one makes room', async () => {
    const { done, refusal, clock } = office();
    const { client_id } = await done({ ...create, secret_expires_in: 10 });
    await done({ command: 'clients.secrets.add', client_id });
    expect(await refusal({ command: 'clients.secrets.add', client_id })).toBe('conflict');
    clock.seconds += 10;
    const added = await done({ command: 'clients.secrets.add', client_id });
    expect(added.secrets).toHaveLength(2);
    const secret_id = added.secret_id;
    const left = await done({ command: 'clients.secrets.revoke', client_id, secret_id });
    expect(left.secrets).toHaveLength(1);
    expect(await refusal({ command: 'clients.secrets.revoke', client_id, secret_id })).toBe(
      'not_found',
    );
  });

  test('of twenty operators who add a secret at once, exactly one finds room', async () => {
    const { done, ask } = office();
    const { client_id } = await done(create);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask({ command: 'clients.secrets.add', client_id })),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await done({ command: 'clients.show', client_id })).secrets).toHaveLength(2);
  });

  test('changes of different operators to one client are all kept', async () => {
    const { done, ask } = office();
    const { client_id } = await done(create);
    await Promise.all([
      ask({ command: 'clients.update', client_id, name: 'New' }),
      ask({ command: 'clients.update', client_id, access_token_lifetime: 60 }),
      ask({ command: 'clients.disable', client_id }),
    ]);
    expect(await done({ command: 'clients.show', client_id })).toMatchObject({
      name: 'New',
      access_token_lifetime: 60,
      status: 'disabled',
    });
  });

  test('writes nothing down of a secret that was pasted where an id belongs', async () => {
    const { ask, done, refusal, audit } = office();
    const key = await done({ command: 'api-keys.create', name: 'Report' });
    const user = await done({ command: 'users.create', username: 'robot' });
    const client = await done(create);
    for (const secret of [key.api_key, user.password, client.client_secret]) {
      for (const member of ['key_id', 'client_id', 'username', 'certificate_id', 'serial']) {
        await ask({ command: 'api-keys.disable', [member]: secret });
      }
      expect(await refusal({ command: 'api-keys.disable', key_id: secret })).toBe('not_found');
      expect(await refusal({ command: 'users.disable', username: secret })).toBe('not_found');
      expect(JSON.stringify(audit)).not.toContain(String(secret).slice(-49));
    }
    await refusal({ command: 'api-keys.disable', key_id: '123456789ABC' });
    expect(audit.at(-1)).toMatchObject({ outcome: 'refused', subject: '123456789ABC' });
  });

  test('a store that does not answer is "unavailable", with nothing of its message', async () => {
    const registry = noClients();
    const { ask } = office({
      ...registry,
      list: async () => {
        throw new Error('secret details');
      },
    });
    const answer = await ask({ command: 'clients.list' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(JSON.stringify(answer)).not.toContain('details');
  });

  test('lists the keys with the lead that a rotation needs', async () => {
    expect(await office(noClients(), keySet).done({ command: 'keys.list' })).toEqual({
      generation: 3,
      keys: [{ kid: 'k1', alg: 'RS256', state: 'active', published_at: 10 }],
      revoked: [{ kid: 'k0', revoked_at: 20, ended_at: 30 }],
      publication_lead: 86_400,
      published_keys_max: 10,
    });
    expect(await office().refusal({ command: 'keys.list' })).toBe('not_found');
  });
});
