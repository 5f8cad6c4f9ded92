import { describe, expect, test } from 'vitest';
import { memoryConnections } from '../../functions/adapters/memory/connections.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { memoryRevocationLog } from '../../functions/adapters/memory/revocation-log.ts';
import { revokedConnectionsCloser } from '../../functions/connections/close-revoked.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import type { Connection } from '../../functions/core/connections/connection.ts';
import { type ApiKey, apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';
import { digest } from '../../functions/core/digest.ts';
import { followRevocations } from '../../functions/core/revocation/follow-revocations.ts';
import type { LogEntry } from '../../functions/core/revocation/log-entry.ts';
import { audience, now } from '../support/gate.ts';
import { logWriter } from '../support/log-writer.ts';
import { alice } from '../support/users.ts';

const stage = 'abcdefghij/live';
const keepSeconds = 3_728;

const token: Connection = {
  connectionId: 'token=',
  connectedAt: now - 100,
  scheme: 'bearer',
  credentialId: 'jti-1',
  expiresAt: now + 600,
  marks: {
    ...{ token: 'jti-1', grant: 'gid-1', client: 'orders', subject: 'somebody', key: 'kid-1' },
    issuedAt: now - 200,
  },
};
const record: ApiKey = {
  ...{ keyId: 'abcdefghijkm', name: 'nightly', start: 'kw_live_abcdefghijkm', hash: digest('k') },
  ...{ owner: 'team-a', scope: [], resources: [audience], status: 'enabled', addresses: [] },
  ...{ createdAt: now - 900, updatedAt: now - 900 },
};
const key: Connection = {
  ...{ connectionId: 'key=', connectedAt: now - 100, scheme: 'apikey' },
  credentialId: record.keyId,
};
const user: Connection = {
  ...{ connectionId: 'user=', connectedAt: now - 50, scheme: 'basic' },
  ...{ credentialId: alice.username, secretSetAt: alice.passwordSetAt },
};

/** A gateway with these connections, the records behind them, and a function that closes what must be closed. */
async function world(...connections: readonly Connection[]) {
  const clock = { seconds: now };
  const store = memoryConnections();
  const log = memoryRevocationLog();
  const keys = memoryRegistry(apiKeyKind, [record]);
  const users = memoryRegistry(basicUserKind, [alice]);
  const audit: AuditEvent[] = [];
  const open = new Set(connections.map(({ connectionId }) => connectionId));
  const asked: string[] = [];
  const reads: string[] = [];
  /** Which of the dependencies are away. */
  const away = new Set<'log' | 'table' | 'clients' | 'gateway'>();
  const needs = (what: 'log' | 'table' | 'clients' | 'gateway') => {
    if (away.has(what)) throw new Error(`${what} canary`);
  };
  for (const connection of connections) await store.add(stage, connection);
  const remembered = store.of(stage);
  const run = revokedConnectionsCloser({
    connections: {
      async page(after) {
        needs('table');
        return remembered.page(after);
      },
      forget: (id) => remembered.forget(id),
    },
    gateway: {
      async close(connectionId) {
        asked.push(connectionId);
        needs('gateway');
        return open.delete(connectionId) ? 'closed' : 'gone';
      },
    },
    revocations: followRevocations({
      log: {
        async read(from, to) {
          needs('log');
          return log.read(from, to);
        },
      },
      ...{ pollSeconds: 5, maxStaleSeconds: 0, keepSeconds },
    }),
    keys: {
      async find(id) {
        reads.push(id);
        needs('clients');
        return keys.find(id);
      },
    },
    users,
    clock: { now: () => clock.seconds },
    audit: { write: (event) => audit.push(event) },
  });
  return {
    ...{ clock, run, audit, open, asked, away, keys, users, reads },
    revoke: logWriter(log, clock, keepSeconds),
    /** Who is remembered still. */
    async remembered() {
      const ids: string[] = [];
      let after: string | undefined;
      do {
        const page = await remembered.page(after);
        ids.push(...page.connections.map(({ connectionId }) => connectionId));
        after = page.next;
      } while (after !== undefined);
      return ids;
    },
    faults: () => audit.filter(({ event }) => event === 'fault'),
  };
}

const others: Connection = {
  ...token,
  connectionId: 'other=',
  credentialId: 'jti-2',
  marks: { token: 'jti-2', grant: 'gid-2', client: 'b', subject: 'b', key: 'kid-2', issuedAt: now },
};

describe('a connection that was opened with a token', () => {
  const levels: readonly (readonly [string, LogEntry])[] = [
    ['its id', { kind: 'token', id: 'jti-1' }],
    ['its grant', { kind: 'grant', id: 'gid-1' }],
    ['its client', { kind: 'client', id: 'orders', cut: now - 200 }],
    ['its subject', { kind: 'subject', id: 'somebody', cut: now }],
    ['its key', { kind: 'key', id: 'kid-1' }],
  ];

  test.each(levels)('is closed when %s is revoked, and no other one is', async (_, entry) => {
    const { run, revoke, open, audit, remembered } = await world(token, others);
    await run();
    expect(open).toEqual(new Set(['token=', 'other=']));
    await revoke(entry);
    await run();
    expect(open).toEqual(new Set(['other=']));
    expect(await remembered()).toEqual(['other=']);
    expect(audit).toEqual([
      {
        event: 'connection_closed',
        ...{ reason: 'revoked', scheme: 'bearer', credential: 'jti-1', connectionId: 'token=' },
      },
    ]);
  });

  test.each([
    [-1, true],
    [0, false],
  ])('%i seconds after its token expired is open: %s', async (seconds, isOpen) => {
    const { clock, run, open, audit } = await world(token);
    clock.seconds = now + 600 + seconds;
    await run();
    expect(open.has('token=')).toBe(isOpen);
    expect(audit).toMatchObject(isOpen ? [] : [{ reason: 'expired' }]);
  });

  test('stays open when a later token of its client is what was revoked', async () => {
    const { run, revoke, open } = await world(token);
    await revoke({ kind: 'client', id: 'orders', cut: now - 201 });
    await run();
    expect(open.has('token=')).toBe(true);
  });
});

describe('a connection that was opened with an API key', () => {
  const changes: readonly (readonly [string, Partial<ApiKey>, string | undefined])[] = [
    ['is disabled', { status: 'disabled' }, 'withdrawn'],
    ['has expired', { expiresAt: now }, 'expired'],
    ['was rolled and its grace is over', { replacedBy: 'x', graceUntil: now }, 'expired'],
    ['was rolled and has its grace', { replacedBy: 'x', graceUntil: now + 1 }, undefined],
    ['has another scope', { scope: ['other'] }, undefined],
  ];

  test.each(changes)('whose key %s', async (_, change, reason) => {
    const { run, keys, open, audit } = await world(key);
    await keys.replace({ ...record, ...change }, 1);
    await run();
    expect(open.has('key=')).toBe(reason === undefined);
    expect(audit).toMatchObject(
      reason === undefined
        ? []
        : [{ event: 'connection_closed', reason, credential: record.keyId }],
    );
  });

  test('is closed when the key is deleted', async () => {
    const { run, keys, audit } = await world(key);
    await keys.remove(record.keyId);
    await run();
    expect(audit).toMatchObject([{ reason: 'withdrawn', scheme: 'apikey' }]);
  });

  test('costs one read for all connections of the key', async () => {
    const many = Array.from({ length: 45 }, (_, i) => ({ ...key, connectionId: `${i}=` }));
    const { run, reads, open } = await world(...many);
    await run();
    expect(reads).toEqual([record.keyId]);
    expect(open.size).toBe(45);
  });
});

describe('a connection that was opened by a user', () => {
  test('stays open while the password is the same, whatever else changes', async () => {
    const { run, users, open, audit } = await world(user);
    await users.replace({ ...alice, tier: 'gold', updatedAt: now }, 1);
    await run();
    expect(open.has('user=')).toBe(true);
    expect(audit).toEqual([]);
  });

  test.each([
    ['is disabled', { status: 'disabled' }, 'withdrawn'],
    ['has got another password', { passwordSetAt: now }, 'withdrawn'],
    ['has expired', { expiresAt: now }, 'expired'],
  ] as const)('is closed when the user %s', async (_, change, reason) => {
    const { run, users, audit } = await world(user);
    await users.replace({ ...alice, ...change }, 1);
    await run();
    expect(audit).toMatchObject([{ reason, scheme: 'basic', credential: 'alice' }]);
  });

  test('is closed when it was opened with the old password after the new one was set', async () => {
    const late = { ...user, connectedAt: now };
    const { run, users, audit } = await world(late);
    await users.replace({ ...alice, passwordSetAt: now - 3 }, 1);
    await run();
    expect(audit).toMatchObject([{ reason: 'withdrawn' }]);
  });
});

describe('one look', () => {
  const many = Array.from({ length: 51 }, (_, i) => ({ ...token, connectionId: `${100 + i}=` }));

  test('goes through all pages', async () => {
    const { run, revoke, open, remembered, faults } = await world(...many, others);
    await revoke({ kind: 'token', id: 'jti-1' });
    await run();
    expect(open).toEqual(new Set(['other=']));
    expect(await remembered()).toEqual(['other=']);
    expect(faults()).toEqual([]);
  });

  test('forgets a connection that is gone, without a word', async () => {
    const { run, revoke, open, audit, remembered } = await world(token);
    open.clear();
    await revoke({ kind: 'token', id: 'jti-1' });
    await run();
    expect(await remembered()).toEqual([]);
    expect(audit).toEqual([]);
  });

  test.each([
    [8_099, ['key=']],
    [8_100, []],
  ])('%i seconds after it was opened remembers %j, and closes nothing', async (age, left) => {
    const { run, asked, audit, remembered } = await world({ ...key, connectedAt: now - age });
    await run();
    expect(await remembered()).toEqual(left);
    expect([asked, audit]).toEqual([[], []]);
  });

  test('does not forget one whose handshake may be under way, and closes it when it is open', async () => {
    const { clock, run, revoke, open, remembered } = await world({ ...token, connectedAt: now });
    open.clear();
    await revoke({ kind: 'token', id: 'jti-1' });
    await run();
    expect(await remembered()).toEqual(['token=']);
    open.add('token=');
    clock.seconds = now + 60;
    await run();
    expect(open.size).toBe(0);
    expect(await remembered()).toEqual([]);
  });

  test('that runs out of time says so, and the next goes on', async () => {
    const { clock, run, revoke, open, asked, faults } = await world(...many);
    await revoke({ kind: 'token', id: 'jti-1' });
    const add = open.delete.bind(open);
    // Each takes a second.
    open.delete = (id) => {
      clock.seconds += 1;
      return add(id);
    };
    await run();
    expect(open.size).toBeGreaterThan(0);
    expect(asked.length).toBeLessThan(50);
    expect(faults()).toEqual([
      { event: 'fault', where: 'connections', fault: 'more connections than one look can close' },
    ]);
    await run();
    await run();
    expect(open.size).toBe(0);
  });

  test('that runs out of time among those that stay open hides none behind them: the next begins where it stopped', async () => {
    const staying = Array.from({ length: 60 }, (_, i) => ({
      ...{ ...key, connectionId: `${100 + i}=`, credentialId: `good-${i}` },
    }));
    const last = { ...key, connectionId: '999=' };
    const { clock, run, keys, open, reads, faults } = await world(...staying, last);
    for (const { credentialId } of staying) {
      await keys.create({ ...record, keyId: credentialId });
    }
    await keys.replace({ ...record, status: 'disabled' }, 1);
    const note = reads.push.bind(reads);
    // Each read of a key takes a second.
    reads.push = (id) => {
      clock.seconds += 1;
      return note(id);
    };
    for (let look = 0; look < 4; look += 1) await run();
    expect(open.has('999=')).toBe(false);
    expect(open.size).toBe(60);
    expect(new Set(reads).size).toBe(61);
    expect(faults().length).toBeGreaterThan(0);
  });

  test.each([
    ['log', 'the revocation log is unavailable', ['token=']],
    ['clients', 'the Clients table is unavailable', ['key=']],
    ['table', 'the Connections table is unavailable', ['token=', 'key=', 'old=']],
    ['gateway', 'API Gateway is unavailable', ['token=', 'key=', 'old=']],
  ] as const)(
    'while the %s is away closes what it can, leaves what it cannot tell, and says so once',
    async (what, fault, left) => {
      const old = { ...others, connectionId: 'old=', expiresAt: now };
      const { run, revoke, keys, open, away, faults, audit } = await world(token, key, old);
      await revoke({ kind: 'token', id: 'jti-1' });
      await keys.replace({ ...record, status: 'disabled' }, 1);
      away.add(what);
      await run();
      expect(open).toEqual(new Set(left));
      expect(faults()).toEqual([{ event: 'fault', where: 'connections', fault, cause: 'Error' }]);
      away.clear();
      await run();
      expect(open.size).toBe(0);
      expect(faults()).toHaveLength(1);
      expect(JSON.stringify(audit)).not.toContain('canary');
    },
  );
});
