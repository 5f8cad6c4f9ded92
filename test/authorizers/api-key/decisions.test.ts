import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryLastUse } from '../../../functions/adapters/memory/last-use.ts';
import { memoryRegistry } from '../../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../../functions/adapters/system/randomness.ts';
import { apiKeyAuthenticator } from '../../../functions/authorizers/api-key/authenticate.ts';
import { authorizer } from '../../../functions/authorizers/authorizer.ts';
import type { AccessDecided, AuditEvent } from '../../../functions/core/audit.ts';
import { mintApiKey } from '../../../functions/core/credentials/api-key.ts';
import { type ApiKey, apiKeyKind } from '../../../functions/core/credentials/api-key-record.ts';
import type { LastUse } from '../../../functions/core/ports/last-use.ts';
import { cachedLookup } from '../../../functions/core/records/cached-lookup.ts';
import { recordInItem, recordKey } from '../../../functions/core/records/record-kind.ts';
import { compileRoutes } from '../../../functions/core/routes/compile-routes.ts';
import type { Decision } from '../../../functions/core/routes/decision.ts';
import { requires } from '../../../functions/core/routes/route-policy.ts';
import { restAuthRequest } from '../../../functions/gateway/rest-authorizer.ts';
import { restAuthorizerEvent } from '../../support/events/authorizer.ts';
import { emptyLog } from '../../support/revocations.ts';

const issuer = 'https://auth.example.com';
const audience = 'https://orders.example.com';
const now = 1_800_000_000;
const format = { prefix: 'kw', environment: 'live' };

const schemes = ['apikey'] as const;
const routes = {
  'GET /replayed': requires({ schemes, scopes: ['orders:read'] }),
  'GET /fresh': requires({ schemes, credentialIn: ['authorization', 'x-api-key'] }),
  'GET /strict': requires({ schemes, revocation: 'strict' }),
};

interface WorldOptions {
  readonly lastUse?: LastUse;
  readonly keptMin?: number;
}

/** The authorizer over keys in memory, as a handler puts it together. */
function world(options: WorldOptions = {}) {
  const registry = memoryRegistry(apiKeyKind);
  const clock = { seconds: now };
  const table = { isDown: false, reads: [] as string[] };
  const audit: AuditEvent[] = [];
  const log = { write: (event: AuditEvent) => audit.push(event) };
  const lookup = {
    async find(id: string) {
      table.reads.push(id);
      if (table.isDown) throw new Error('the table is away');
      const record = await registry.find(id);
      return record && recordInItem(apiKeyKind, { ...record, pk: recordKey(apiKeyKind, id), v: 1 });
    },
  };
  const { keptMin = 1_000, lastUse } = options;
  const decide = authorizer({
    revocations: emptyLog(),
    table: compileRoutes(routes),
    authenticators: [
      apiKeyAuthenticator({
        ...{ ...format, issuer, audience, audit: log },
        keys: cachedLookup(lookup, {
          ...{ ttlSeconds: 60, keptMin, markOf: (id) => id },
          clock: { now: () => clock.seconds },
        }),
        ...(lastUse === undefined ? {} : { lastUse }),
      }),
    ],
    clock: { now: () => clock.seconds },
    randomness: systemRandomness,
    audit: log,
    stopwatch: () => 0,
  });

  return {
    clock,
    table,
    audit,
    registry,
    /** Makes a key and answers it in clear. */
    async issue(members: Partial<ApiKey> = {}): Promise<{ key: string; keyId: string }> {
      const { key, ...minted } = mintApiKey(systemRandomness, format);
      await registry.create({
        name: 'Nightly report',
        owner: 'reports',
        scope: ['orders:read'],
        resources: [audience],
        status: 'enabled',
        addresses: [],
        createdAt: now - 100,
        updatedAt: now - 100,
        ...minted,
        ...members,
      });
      return { key, keyId: minted.keyId };
    },
    async change(keyId: string, members: Partial<ApiKey>): Promise<void> {
      const found = await registry.read(keyId);
      if (found === undefined) throw new Error('there is no such key');
      await registry.replace({ ...found.record, ...members }, found.revision);
    },
    async decide(key: string, route = 'GET /replayed', scheme = 'ApiKey'): Promise<Decision> {
      const event = restAuthorizerEvent(route, `${scheme} ${key}`);
      return (await decide(restAuthRequest(event))).decision;
    },
    /** `allow`, or why not. */
    async outcome(key: string, route?: string): Promise<string> {
      const decision = await this.decide(key, route);
      return decision.outcome === 'allow' ? 'allow' : decision.reason;
    },
    last(): AccessDecided {
      const event = audit.findLast((one) => one.event === 'access_decided');
      if (event?.event !== 'access_decided') throw new Error('nothing was decided');
      return event;
    },
  };
}

describe('an API key', () => {
  test('lets its owner in with what it was granted, and its name is written down', async () => {
    const keyring = world();
    const usagePlanKey = 'x'.repeat(20);
    const { key, keyId } = await keyring.issue({
      ...{ expiresAt: now + 60, tier: 'gold', usagePlanKey },
    });
    expect(structuredClone(await keyring.decide(key))).toEqual({
      outcome: 'allow',
      principal: {
        scheme: 'apikey',
        issuer,
        subject: 'reports',
        clientId: 'reports',
        scope: ['orders:read'],
        roles: [],
        audience: [audience],
        credentialId: keyId,
        expiresAt: now + 60,
        tier: 'gold',
        usagePlanKey,
      },
    });
    expect(keyring.last()).toMatchObject({ outcome: 'allow', scheme: 'apikey', credential: keyId });
    expect(JSON.stringify(keyring.audit)).not.toContain(key.slice(-49));
  });

  test('works under its scheme in any case (RFC 9110 §11.1), and under no other', async () => {
    const keyring = world();
    const { key } = await keyring.issue();
    for (const scheme of ['apikey', 'APIKEY', 'ApiKey']) {
      expect((await keyring.decide(key, undefined, scheme)).outcome).toBe('allow');
    }
    expect(await keyring.decide(key, undefined, 'Bearer')).toMatchObject({
      reason: 'unsupported_scheme',
    });
  });

  test.each([
    ['is switched off', { status: 'disabled' }, 'key_disabled'],
    ['is switched off and expired', { status: 'disabled', expiresAt: now }, 'key_disabled'],
    ['expires in a second', { expiresAt: now + 1 }, 'allow'],
    ['expires now', { expiresAt: now }, 'key_expired'],
    ['expired a second ago', { expiresAt: now - 1 }, 'key_expired'],
    ['was replaced, with a second of grace left', { graceUntil: now + 1 }, 'allow'],
    ['was replaced, and its grace ends now', { graceUntil: now }, 'key_expired'],
    ['was replaced, and its grace ended a second ago', { graceUntil: now - 1 }, 'key_expired'],
    ['expires before its grace', { expiresAt: now, graceUntil: now + 1 }, 'key_expired'],
    ['is good for another API', { resources: ['https://other.example'] }, 'wrong_audience'],
    ['has another scope', { scope: ['orders:write'] }, 'insufficient_scope'],
    [
      'is bound to addresses, of which a cache knows nothing',
      { addresses: ['192.0.2.1'] },
      'ip_denied',
    ],
  ] as const)('that %s: %j is %s', async (_name, members, outcome) => {
    const keyring = world();
    const { key } = await keyring.issue(members);
    expect(await keyring.outcome(key)).toBe(outcome);
  });

  test('of which only the right secret is known tells what is wrong with it', async () => {
    const keyring = world();
    const { keyId } = await keyring.issue({
      status: 'disabled',
      expiresAt: now,
      addresses: ['10.0.0.0/8'],
    });
    const { key } = mintApiKey(forged(keyId), format);
    expect(key).toContain(keyId);
    expect(await keyring.outcome(key)).toBe('key_unknown');
    expect(keyring.last()?.credential).toBeUndefined();
  });

  test.each([
    ['192.0.2.0/24', 'allow'],
    ['192.0.2.1', 'allow'],
    ['192.0.2.2', 'ip_denied'],
    ['2001:db8::/32', 'ip_denied'],
  ])('bound to %s is %s where nothing is replayed', async (range, outcome) => {
    const keyring = world();
    const { key } = await keyring.issue({ addresses: [range] });
    for (const route of ['GET /fresh', 'GET /strict']) {
      expect(await keyring.outcome(key, route)).toBe(outcome);
    }
  });

  test('dies when its grace is over for whoever keeps the answer, too: that is when it expires', async () => {
    const keyring = world();
    const { key } = await keyring.issue({
      replacedBy: '2KeywardDemo',
      graceUntil: now + 5,
      expiresAt: now + 9,
    });
    expect(await keyring.decide(key)).toMatchObject({
      principal: { expiresAt: now + 5, isReplaced: true },
    });
    expect(keyring.last().isReplaced).toBe(true);
  });
});

describe('what is no key of this deployment', () => {
  test('for one character of the secret, the id or the check is refused before anything is read', async () => {
    const keyring = world();
    const { key } = await keyring.issue();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(key.length - 1),
        fc.constantFrom(...'0123456789abcdefXYZ_'),
        async (at, other) => {
          fc.pre(key[at] !== other);
          const text = `${key.slice(0, at)}${other}${key.slice(at + 1)}`;
          expect(await keyring.outcome(text)).toBe('malformed');
        },
      ),
    );
    expect(keyring.table.reads).toEqual([]);
  });

  test.each([
    ['of another environment', { ...format, environment: 'test' }],
    ['of another product', { ...format, prefix: 'wk' }],
  ])('because it is %s is unknown before anything is read', async (_name, other) => {
    const keyring = world();
    expect(await keyring.outcome(mintApiKey(systemRandomness, other).key)).toBe('key_unknown');
    expect(keyring.table.reads).toEqual([]);
  });

  test('because nobody made it, or because its secret is wrong, is unknown alike', async () => {
    const keyring = world();
    const { keyId } = await keyring.issue();
    const made = mintApiKey(systemRandomness, format).key;
    const records = [];
    for (const key of [made, mintApiKey(forged(keyId), format).key]) {
      expect(await keyring.outcome(key)).toBe('key_unknown');
      const { decisionId: _, ...record } = keyring.last();
      records.push({ ...record, coldStart: false });
    }
    expect(records[0]).toEqual(records[1]);
    expect(keyring.table.reads).toHaveLength(2);
  });

  test('is looked up once in its time, however often it comes, and pushes no key out', async () => {
    const keyring = world({ keptMin: 3 });
    const { key, keyId } = await keyring.issue();
    expect(await keyring.outcome(key)).toBe('allow');
    const made = mintApiKey(systemRandomness, format);
    for (let i = 0; i < 5; i += 1) await keyring.outcome(made.key);
    expect(keyring.table.reads).toEqual([keyId, made.keyId]);
    for (let i = 0; i < 20; i += 1) await keyring.outcome(mintApiKey(systemRandomness, format).key);
    expect(await keyring.outcome(key)).toBe('allow');
    expect(keyring.table.reads.filter((id) => id === keyId)).toHaveLength(1);
  });
});

describe('a table that does not answer', () => {
  test('is neither yes nor no', async () => {
    const keyring = world();
    const { key } = await keyring.issue();
    keyring.table.isDown = true;
    expect(await keyring.outcome(key)).toBe('dependency_unavailable');
    expect(JSON.stringify(keyring.audit)).not.toContain('away');
  });

  test.each([{ hash: 'broken' }, { hash: '' }, { start: undefined }])(
    'as it should, with %j in the record, says neither yes nor no',
    async (broken) => {
      const keyring = world();
      const { key, keyId } = await keyring.issue();
      await keyring.change(keyId, broken as Partial<ApiKey>);
      expect(await keyring.outcome(key)).toBe('dependency_unavailable');
    },
  );

  test('is not needed for a key that was read within a minute, but for a strict route', async () => {
    const keyring = world();
    const { key } = await keyring.issue();
    expect(await keyring.outcome(key)).toBe('allow');
    keyring.table.isDown = true;
    keyring.clock.seconds += 59;
    expect(await keyring.outcome(key)).toBe('allow');
    expect(await keyring.outcome(key, 'GET /strict')).toBe('dependency_unavailable');
    keyring.clock.seconds += 1;
    expect(await keyring.outcome(key)).toBe('dependency_unavailable');
  });
});

describe('a key that was changed', () => {
  test('is refused by a strict route at once, and by every other one within a minute', async () => {
    const keyring = world();
    const { key, keyId } = await keyring.issue();
    expect(await keyring.outcome(key)).toBe('allow');
    await keyring.change(keyId, { status: 'disabled' });
    expect(await keyring.outcome(key)).toBe('allow');
    expect(await keyring.outcome(key, 'GET /strict')).toBe('key_disabled');
    // What the strict route has seen, the others know.
    expect(await keyring.outcome(key)).toBe('key_disabled');
    await keyring.change(keyId, { status: 'enabled' });
    keyring.clock.seconds += 60;
    expect(await keyring.outcome(key)).toBe('allow');
  });

  test('has the scope of its record as soon as that is read, for the whole API as for one route', async () => {
    const keyring = world();
    const { key, keyId } = await keyring.issue();
    expect(await keyring.outcome(key)).toBe('allow');
    await keyring.change(keyId, { scope: ['reports:read'] });
    keyring.clock.seconds += 60;
    expect(await keyring.outcome(key)).toBe('insufficient_scope');
    expect(keyring.last().grantedRoutes).toBe(0);
    const decision = await keyring.decide(key, 'GET /fresh');
    expect(decision).toMatchObject({ principal: { scope: ['reports:read'] } });
  });
});

describe('the last use', () => {
  test('is noted once an hour, of a right key alone', async () => {
    const store = memoryLastUse();
    const notes: number[] = [];
    const lastUse: LastUse = {
      note: (id, at) => {
        notes.push(at);
        return store.note(id, at);
      },
    };
    const keyring = world({ lastUse });
    const { key, keyId } = await keyring.issue();
    const { key: disabled } = await keyring.issue({ status: 'disabled' });
    for (const after of [0, 1, 3_599, 3_600, 3_601, 7_200]) {
      keyring.clock.seconds = now + after;
      await keyring.outcome(key);
      await keyring.outcome(disabled);
      await keyring.outcome(mintApiKey(systemRandomness, format).key);
    }
    expect(notes).toEqual([now, now + 3_600, now + 7_200]);
    expect(await store.read([keyId])).toEqual(new Map([[keyId, now + 7_200]]));
  });

  test('of many at once is noted once', async () => {
    let notes = 0;
    const lastUse = {
      async note() {
        notes += 1;
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const keyring = world({ lastUse });
    const { key } = await keyring.issue();
    await Promise.all(Array.from({ length: 20 }, () => keyring.outcome(key)));
    expect(notes).toBe(1);
  });

  test('that cannot be noted decides nothing, is reported once, and is not tried again within the hour', async () => {
    const keyring = world({ lastUse: { note: () => Promise.reject(new TypeError('canary')) } });
    const { key } = await keyring.issue();
    for (let i = 0; i < 3; i += 1) expect(await keyring.outcome(key)).toBe('allow');
    expect(keyring.audit.filter(({ event }) => event === 'fault')).toEqual([
      { event: 'fault', where: 'last use', fault: 'TypeError' },
    ]);
    expect(JSON.stringify(keyring.audit)).not.toContain('canary');
  });
});

/** Randomness that makes a key of a given id with a secret of its own. */
function forged(keyId: string): { bytes(count: number): Uint8Array } {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const value = [...keyId].reduce((sum, digit) => sum * 58n + BigInt(alphabet.indexOf(digit)), 0n);
  return {
    bytes: (count) =>
      count === 16
        ? Buffer.from(value.toString(16).padStart(32, '0'), 'hex')
        : systemRandomness.bytes(count),
  };
}
