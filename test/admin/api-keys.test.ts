import { describe, expect, test } from 'vitest';
import { memoryLastUse } from '../../functions/adapters/memory/last-use.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { AdminAnswer } from '../../functions/admin/commands.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { parseApiKey } from '../../functions/core/credentials/api-key.ts';
import { type ApiKey, apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import { adminPorts } from '../support/admin-ports.ts';

const day = 86_400;
const create = { command: 'api-keys.create', name: 'Nightly report', scope: ['a', 'b'] } as const;

interface Shown extends Record<string, unknown> {
  readonly key_id: string;
  readonly api_key: string;
  readonly replaces: Record<string, unknown>;
}

/** @param bend takes the place of operations of the store */
function office(bend: (registry: Registry<ApiKey>) => Partial<Registry<ApiKey>> = () => ({})) {
  const registry = memoryRegistry(apiKeyKind);
  const audit: AuditEvent[] = [];
  const clock = { seconds: 1_000_000 };
  const lastUse = memoryLastUse();
  const run = admin(
    adminPorts({
      clients: memoryRegistry(clientKind),
      apiKeys: { ...registry, ...bend(registry) },
      lastUses: lastUse,
      keys: { read: async () => undefined },
      randomness: systemRandomness,
      clock: { now: () => clock.seconds },
      audit: { write: (event) => audit.push(event) },
      limits: { grantTypes: ['client_credentials'], accessTokenLifetimeMaxSeconds: 3_600 },
      defaultResource: 'https://api.example',
      apiKeyFormat: { prefix: 'acme', environment: 'stage' },
      publicationLeadSeconds: 86_400,
      publishedKeysMax: 10,
    }),
  );
  const ask = (command: unknown): Promise<AdminAnswer> => run(command, 'r1');
  return {
    ...{ ask, audit, clock, lastUse, registry },
    async done(command: unknown): Promise<Shown> {
      const answer = await ask(command);
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.result as Shown;
    },
    async refusal(command: unknown): Promise<string> {
      const answer = await ask(command);
      return answer.ok ? 'done' : answer.error.code;
    },
    list: async () => (await registry.list()).map(({ keyId }) => keyId),
  };
}

/** The answer without what is shown once. */
function view({ api_key: _, replaces: _r, ...rest }: Shown): Record<string, unknown> {
  return rest;
}

describe('a new API key', () => {
  test('is shown once, and only its hash is kept', async () => {
    const { done, registry, audit } = office();
    const created = await done(create);
    expect(created).toEqual({
      key_id: expect.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{12}$/),
      start: `acme_stage_${created.key_id}`,
      api_key: expect.stringMatching(/^acme_stage_[1-9A-HJ-NP-Za-km-z]{12}_[0-9A-Za-z]{49}$/),
      name: 'Nightly report',
      owner: `apikey:${created.key_id}`,
      scope: 'a b',
      resources: ['https://api.example'],
      status: 'enabled',
      created_at: 1_000_000,
      updated_at: 1_000_000,
    });
    const record = (await registry.read(created.key_id))?.record;
    const secret = created.api_key.slice(-49);
    const presented = parseApiKey(created.api_key);
    expect(presented).toMatchObject({ value: { keyId: created.key_id, hash: record?.hash } });
    const shown = await done({ command: 'api-keys.show', key_id: created.key_id });
    const list = await done({ command: 'api-keys.list' });
    expect(shown).toEqual(view(created));
    expect(list).toEqual([shown]);
    for (const text of [record, shown, list, audit].map((one) => JSON.stringify(one))) {
      expect(text).not.toContain(secret);
    }
    for (const text of [created, list].map((one) => JSON.stringify(one))) {
      expect(text).not.toContain(record?.hash);
    }
    expect(audit[0]).toEqual({
      ...{ event: 'admin', requestId: 'r1', command: 'api-keys.create', outcome: 'done' },
      subject: created.key_id,
    });
  });

  test('has everything that was said of it', async () => {
    const { done } = office();
    const created = await done({
      ...create,
      ...{ owner: 'reports', resources: ['https://x.example'], expires_in: 60, tier: 'gold' },
      ...{ addresses: ['192.0.2.0/24'], usage_plan_key: 'k'.repeat(20) },
    });
    expect(created).toMatchObject({
      ...{ owner: 'reports', resources: ['https://x.example'], expires_at: 1_000_060 },
      ...{ addresses: ['192.0.2.0/24'], tier: 'gold', usage_plan_key: 'k'.repeat(20) },
    });
  });

  test.each([
    [{ ...create, name: '' }],
    [{ command: 'api-keys.create' }],
    [{ ...create, name: 'a\nb' }],
    [{ ...create, name: 'a\u202eb' }],
    [{ ...create, name: 'x'.repeat(101) }],
    [{ ...create, scope: ['a b'] }],
    [{ ...create, resources: [] }],
    [{ ...create, owner: '' }],
    [{ ...create, expires_in: 0 }],
    [{ ...create, addresses: ['10.0.0.0/33'] }],
    [{ ...create, tier: 'Gold' }],
    [{ ...create, usage_plan_key: 'short' }],
    [{ ...create, key_id: '1KeywardDemo' }],
    [{ ...create, api_key: 'mine' }],
  ])('of %j is invalid, and nothing is written', async (command) => {
    const { refusal, list } = office();
    expect(await refusal(command)).toBe('invalid_request');
    expect(await list()).toEqual([]);
  });
});

describe('an API key', () => {
  test.each(['show', 'roll', 'disable', 'enable', 'delete'])(
    'that nobody made is not found by %s',
    async (verb) => {
      const { refusal, list } = office();
      const command = { command: `api-keys.${verb}`, key_id: '1KeywardDemo' };
      expect(await refusal(command)).toBe('not_found');
      expect(await refusal({ command: `api-keys.${verb}` })).toBe('invalid_request');
      expect(await list()).toEqual([]);
    },
  );

  test('is switched off, on again, and forgotten', async () => {
    const { done, refusal, clock } = office();
    const { key_id } = await done(create);
    clock.seconds += 5;
    const off = await done({ command: 'api-keys.disable', key_id });
    expect(off).toMatchObject({ status: 'disabled', updated_at: clock.seconds });
    const on = await done({ command: 'api-keys.enable', key_id });
    expect(on).toMatchObject({ status: 'enabled' });
    expect(await done({ command: 'api-keys.delete', key_id })).toEqual({ key_id, deleted: true });
    expect(await refusal({ command: 'api-keys.show', key_id })).toBe('not_found');
  });

  test('that breaks a rule younger than itself can be switched off all the same', async () => {
    const { done, registry } = office();
    const { key_id } = await done(create);
    const found = await registry.read(key_id);
    if (found === undefined) expect.fail('it is gone');
    await registry.replace({ ...found.record, tier: 'NOT A TIER' }, found.revision);
    const off = await done({ command: 'api-keys.disable', key_id });
    expect(off).toMatchObject({ status: 'disabled', tier: 'NOT A TIER' });
  });

  test('tells the hour of its last use', async () => {
    const { done, lastUse } = office();
    const [used, idle] = [await done(create), await done(create)];
    await lastUse.note(used.key_id, 7_201);
    const list = (await done({ command: 'api-keys.list' })) as unknown as Shown[];
    const seen = Object.fromEntries(list.map((key) => [key.key_id, key.last_used_at]));
    expect(seen).toEqual({ [used.key_id]: 7_200, [idle.key_id]: undefined });
    const shown = await done({ command: 'api-keys.show', key_id: used.key_id });
    expect(shown.last_used_at).toBe(7_200);
  });
});

describe('a roll', () => {
  test('makes another key of the same owner, and the old one works for a day more', async () => {
    const { done, clock, registry } = office();
    const first = await done({
      ...create,
      ...{ tier: 'gold', addresses: ['192.0.2.1'], expires_in: 90 * day },
      usage_plan_key: 'k'.repeat(20),
    });
    clock.seconds += 10;
    const second = await done({ command: 'api-keys.roll', key_id: first.key_id });
    expect(second.key_id).not.toBe(first.key_id);
    expect(second.api_key).toContain(`acme_stage_${second.key_id}_`);
    expect(view(second)).toEqual({
      ...view(first),
      ...{ key_id: second.key_id, start: `acme_stage_${second.key_id}` },
      ...{ created_at: clock.seconds, updated_at: clock.seconds },
    });
    const old = await done({ command: 'api-keys.show', key_id: first.key_id });
    expect(second.replaces).toEqual(old);
    expect(old).toEqual({
      ...view(first),
      ...{ replaced_by: second.key_id, works_until: clock.seconds + day },
      updated_at: clock.seconds,
    });
    const hash = (await registry.read(second.key_id))?.record.hash;
    expect(parseApiKey(second.api_key)).toMatchObject({ value: { hash } });
  });

  test('of a rolled key keeps the owner: that is what backends know the caller by', async () => {
    const { done } = office();
    const first = await done(create);
    let last = first;
    for (let i = 0; i < 3; i += 1) {
      last = await done({ command: 'api-keys.roll', key_id: last.key_id });
    }
    expect(last.owner).toBe(`apikey:${first.key_id}`);
    expect(last).not.toHaveProperty('replaced_by');
    expect(last).not.toHaveProperty('works_until');
  });

  test.each([
    [0, 0],
    [1, 1],
    [30 * day, 30 * day],
  ])('with a grace of %i seconds lets the old key work for %i more', async (grace, seconds) => {
    const { done, clock } = office();
    const { key_id } = await done(create);
    const { replaces } = await done({ command: 'api-keys.roll', key_id, grace });
    expect(replaces.works_until).toBe(clock.seconds + seconds);
  });

  test('does not let a key live longer than it would have', async () => {
    const { done, clock } = office();
    const { key_id } = await done({ ...create, expires_in: 60 });
    const { replaces, expires_at } = await done({ command: 'api-keys.roll', key_id });
    expect(replaces.works_until).toBe(clock.seconds + 60);
    expect(expires_at).toBe(clock.seconds + 60);
  });

  test.each([
    { grace: -1 },
    { grace: 30 * day + 1 },
    { grace: 1.5 },
    { grace: '1' },
    { expires_in: 0 },
    { owner: 'somebody else' },
  ])('with %j is invalid, and nothing is written', async (members) => {
    const { done, refusal, list } = office();
    const { key_id } = await done(create);
    expect(await refusal({ command: 'api-keys.roll', key_id, ...members })).toBe('invalid_request');
    expect(await list()).toEqual([key_id]);
  });

  test('gives nobody a working key for one that was switched off', async () => {
    const { done, refusal, list } = office();
    const { key_id } = await done(create);
    await done({ command: 'api-keys.disable', key_id });
    expect(await refusal({ command: 'api-keys.roll', key_id })).toBe('conflict');
    expect(await list()).toEqual([key_id]);
  });

  test('of an expired key says until when the new one is good', async () => {
    const { done, refusal, clock } = office();
    const { key_id } = await done({ ...create, expires_in: 60 });
    clock.seconds += 60;
    expect(await refusal({ command: 'api-keys.roll', key_id })).toBe('conflict');
    const rolled = await done({ command: 'api-keys.roll', key_id, expires_in: 60 });
    expect(rolled.expires_at).toBe(clock.seconds + 60);
  });

  test('happens once to a key; the refusal names the one to roll', async () => {
    const { done, ask } = office();
    const { key_id } = await done(create);
    const second = await done({ command: 'api-keys.roll', key_id });
    expect(await ask({ command: 'api-keys.roll', key_id })).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining(second.key_id) },
    });
  });

  test('by twenty operators at once is done for one of them, and leaves two keys', async () => {
    const { done, ask, list, registry } = office();
    const { key_id } = await done(create);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask({ command: 'api-keys.roll', key_id })),
    );
    const won = answers.flatMap((one) => (one.ok ? [(one.result as Shown).key_id] : []));
    expect(won).toHaveLength(1);
    expect((await list()).sort()).toEqual([key_id, ...won].sort());
    expect((await registry.read(key_id))?.record.replacedBy).toBe(won[0]);
  });

  test('meets somebody who switches the key off: either the key is off, or both are rolled', async () => {
    const { done, ask, list, registry } = office();
    const { key_id } = await done(create);
    const [, rolled] = await Promise.all([
      ask({ command: 'api-keys.disable', key_id }),
      ask({ command: 'api-keys.roll', key_id }),
    ]);
    expect((await registry.read(key_id))?.record.status).toBe('disabled');
    expect(await list()).toHaveLength(rolled.ok ? 2 : 1);
  });
});

describe('a roll that meets a store in trouble', () => {
  const away = () => Promise.reject(new Error('canary'));

  test.each(['read', 'create'])('with its %s changes nothing', async (name) => {
    let down = '';
    const { done, ask, list, registry } = office((real) => ({
      async read(id) {
        if (down === 'read') return away();
        return real.read(id);
      },
      async create(record) {
        if (down === 'create') return away();
        return real.create(record);
      },
    }));
    const { key_id } = await done(create);
    const before = await registry.read(key_id);
    down = name;
    const answer = await ask({ command: 'api-keys.roll', key_id });
    expect(answer).toMatchObject({ error: { code: 'unavailable' } });
    expect(JSON.stringify(answer)).not.toContain('canary');
    expect(await list()).toEqual([key_id]);
    expect(await registry.read(key_id)).toEqual(before);
  });

  test('that was written to all the same names the key that is left behind', async () => {
    let isLosing = false;
    const { done, ask, list, registry } = office((real) => ({
      async create(record) {
        const isCreated = await real.create(record);
        return isLosing ? away() : isCreated;
      },
    }));
    const { key_id } = await done(create);
    const before = await registry.read(key_id);
    isLosing = true;
    const answer = await ask({ command: 'api-keys.roll', key_id });
    const [left] = (await list()).filter((id) => id !== key_id);
    expect(answer).toMatchObject({
      error: { code: 'unavailable', message: expect.stringContaining(`delete ${left}`) },
    });
    expect(await registry.read(key_id)).toEqual(before);
  });

  test('between the two writes leaves the old key as it was, and names the one that is left behind', async () => {
    const { done, ask, list, registry } = office(() => ({ replace: away }));
    const { key_id } = await done(create);
    const before = await registry.read(key_id);
    const answer = await ask({ command: 'api-keys.roll', key_id });
    const [left] = (await list()).filter((id) => id !== key_id);
    expect(answer).toMatchObject({
      error: { code: 'unavailable', message: expect.stringContaining(`delete ${left}`) },
    });
    expect(JSON.stringify(answer)).not.toContain('canary');
    expect(await registry.read(key_id)).toEqual(before);
  });

  test('whose second write was carried out all the same can go on from the new key', async () => {
    const { done, ask, registry } = office((real) => ({
      replace: async (record, revision) => {
        await real.replace(record, revision);
        return away();
      },
    }));
    const { key_id } = await done(create);
    const lost = await ask({ command: 'api-keys.roll', key_id });
    const second = (await registry.read(key_id))?.record.replacedBy;
    expect(lost).toMatchObject({
      error: { code: 'unavailable', message: expect.stringContaining(`replaced by ${second}`) },
    });
    expect(await registry.read(String(second))).toBeDefined();
    expect(await ask({ command: 'api-keys.roll', key_id })).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining(String(second)) },
    });
  });

  test('when it takes the new key back says which one is left', async () => {
    let rolls = 0;
    const { done, ask, list } = office((real) => ({
      // Somebody else always writes first.
      replace: async () => {
        rolls += 1;
        return false;
      },
      remove: (id) => (rolls > 0 ? away() : real.remove(id)),
    }));
    const { key_id } = await done(create);
    const answer = await ask({ command: 'api-keys.roll', key_id });
    const [left] = (await list()).filter((id) => id !== key_id);
    expect(answer).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining(`delete ${left}`) },
    });
  });
});
