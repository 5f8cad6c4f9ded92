import { describe, expect, test } from 'vitest';
import { memoryCuts } from '../../functions/adapters/memory/cuts.ts';
import { memoryRevocationLog } from '../../functions/adapters/memory/revocation-log.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { cutMarginSeconds } from '../../functions/core/durations.ts';
import { revocationView } from '../../functions/core/revocation/revocation-view.ts';
import { type MarkedToken, tokenMarks } from '../../functions/core/revocation/token-marks.ts';
import { adminPorts } from '../support/admin-ports.ts';

const now = 1_800_000_000;
const own = 'https://auth.example';
const other = 'https://login.example';
const jti = 'AAAAAAAAAAAAAAAAAAAA-_';
const ahead = 1 + cutMarginSeconds(5);
const keepSeconds = 3_728;

type Member = 'raise' | 'append' | 'settle';

function office() {
  const log = memoryRevocationLog();
  const cuts = memoryCuts();
  const lines: AuditEvent[] = [];
  const clock = { seconds: now };
  /** What is away. */
  const away = new Set<Member>();
  const present = (member: Member) => {
    if (away.has(member)) throw new Error('away');
  };
  const ports = adminPorts({
    clock: { now: () => clock.seconds },
    audit: { write: (event) => lines.push(event) },
    cuts: {
      ...cuts,
      raise: async (...of) => {
        present('raise');
        await cuts.raise(...of);
      },
      settle: async (...of) => {
        present('settle');
        await cuts.settle(...of);
      },
    },
    revocationLog: {
      read: log.read,
      append: async (entry) => {
        present('append');
        await log.append(entry);
      },
    },
  });
  const run = admin(ports);
  const ask = (command: object) => run(command, 'r1');
  const done = async (command: object): Promise<Record<string, unknown>> => {
    const answer = await ask(command);
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer.result as Record<string, unknown>;
  };
  const refusal = async (command: object): Promise<string> => {
    const answer = await ask(command);
    return answer.ok ? 'done' : `${answer.error.code}: ${answer.error.message}`;
  };
  const add = (members: object) => ({ command: 'revocations.add', ...members });

  return {
    ...{ ask, done, refusal, add, lines, clock, cuts, away, clients: ports.clients },
    /** Would a verifier that has read the log refuse the token? */
    async isDead(token: Partial<MarkedToken>, issuer = ''): Promise<boolean> {
      const view = revocationView();
      for (const entry of await log.read(now - 7_200, now + 7_200)) view.add(entry);
      return view.isRevoked(tokenMarks(issuer, { ...anyToken, ...token }));
    },
    entries: () => log.read(now - 7_200, now + 7_200),
    /** So many tokens with the longest ids, twenty in a second. */
    async fill(tokens: number): Promise<void> {
      for (let i = 0; i < tokens; i += 1) {
        const id = `${other} ${String(i).padStart(255, '€')}`;
        const at = now - Math.floor(i / 20);
        await log.append({ kind: 'token', id, at, serial: `${i}`, expiresAt: at + keepSeconds });
      }
    },
    newClient: () => done({ command: 'clients.create', name: 'Orders', client_id: 'orders' }),
  };
}

const anyToken: MarkedToken = {
  ...{ tokenId: jti, grantId: 'g1', clientId: 'orders', subject: 'alice', kid: 'k1' },
  issuedAt: now,
};

describe('a token', () => {
  test('of this issuer is dead by its jti for as long as one can live, and no other is', async () => {
    const { done, add, isDead, entries } = office();
    expect(await done(add({ level: 'token', id: jti, expires_at: now + 900 }))).toEqual({
      ...{ level: 'token', id: jti, issuer: own, poll_seconds: 5 },
      kept_until: now + keepSeconds,
    });
    expect(await isDead({})).toBe(true);
    expect(await isDead({ tokenId: 'B'.repeat(22) })).toBe(false);
    expect(await isDead({}, other)).toBe(false);
    expect(await entries()).toMatchObject([{ expiresAt: now + keepSeconds }]);
  });

  test('whose end nobody knows is dead for as long as one of this issuer can live', async () => {
    const { done, add } = office();
    const { kept_until } = await done(add({ level: 'token', id: jti }));
    expect(kept_until).toBe(now + keepSeconds);
  });

  test.each([own, other])(
    'of %s is dead whatever its end is said to be: who forges that does not save it',
    async (issuer) => {
      const { done, add, isDead, entries } = office();
      const members = { level: 'token', id: jti, issuer, expires_at: now - 7_200 };
      expect(await done(add(members))).toMatchObject({
        kept_until: now + keepSeconds,
        note: expect.stringContaining('expired'),
      });
      expect(await isDead({}, issuer === own ? '' : issuer)).toBe(true);
      expect(await entries()).toMatchObject([{ expiresAt: now + keepSeconds }]);
    },
  );

  test("of another issuer is dead by that issuer's name and its jti", async () => {
    const { done, add, isDead } = office();
    const id = 'with space, colon: and more';
    await done(add({ level: 'token', id, issuer: other, expires_at: now + 60 }));
    expect(await isDead({ tokenId: id }, other)).toBe(true);
    expect(await isDead({ tokenId: id }, 'https://third.example')).toBe(false);
    expect(await done({ command: 'revocations.list' })).toMatchObject({
      revocations: [{ kind: 'token', id, issuer: other, expires_at: now + keepSeconds }],
    });
  });

  test('of another issuer that outlives the log is refused by the name of the setting', async () => {
    const { refusal, add, entries } = office();
    const foreign = { level: 'token', id: 'x', issuer: other };
    const longest = now + keepSeconds - 120;
    expect(await refusal(add({ ...foreign, expires_at: longest + 1 }))).toMatch(
      /^invalid_request: .*accessTokenLifetimeMaxSeconds of the deployment and of its authorizers/,
    );
    expect(await refusal(add(foreign))).toMatch(/^invalid_request: expires_at is missing/);
    expect(await entries()).toEqual([]);
    expect(await refusal(add({ ...foreign, expires_at: longest }))).toBe('done');
  });
});

describe('a cut', () => {
  test('ends what a client holds, and nothing that it gets afterwards', async () => {
    const { done, add, isDead, newClient, cuts } = office();
    await newClient();
    expect(await done(add({ level: 'client', id: 'orders' }))).toEqual({
      ...{ level: 'client', id: 'orders', issuer: own, poll_seconds: 5 },
      ...{ cut: now + ahead, kept_until: now + keepSeconds },
    });
    expect(await isDead({ issuedAt: now + ahead })).toBe(true);
    expect(await isDead({ issuedAt: now + ahead + 1 })).toBe(false);
    expect(await isDead({ clientId: 'reports' })).toBe(false);
    expect(await cuts.read('client', 'orders')).toBe(now + ahead);
  });

  test('of a client that there never was is not found: a typo is no success', async () => {
    const { refusal, done, add, newClient, entries } = office();
    expect(await refusal(add({ level: 'client', id: 'orders' }))).toMatch(/^not_found/);
    expect(await refusal(add({ level: 'client', id: 'orders', issuer: own }))).toMatch(/^not_fo/);
    expect(await entries()).toEqual([]);
    await newClient();
    await done({ command: 'clients.delete', client_id: 'orders' });
    expect(await refusal(add({ level: 'client', id: 'orders' }))).toBe('done');
    expect(await refusal(add({ level: 'client', id: 'orders', issuer: other }))).toBe('done');
  });

  test('ends what a subject holds, and neither the log nor a line says its name', async () => {
    const { done, add, isDead, entries, lines } = office();
    const id = 'alice@example.com';
    const answer = await done(add({ level: 'subject', id, reason: 'left\nthe\u202e company ' }));
    expect(answer).toMatchObject({ id, cut: now + ahead });
    expect(await isDead({ subject: id })).toBe(true);
    expect(await isDead({ subject: id }, other)).toBe(false);
    expect(JSON.stringify(await entries())).not.toContain('alice');
    expect(lines).toEqual([
      {
        ...{ event: 'admin', requestId: 'r1', command: 'revocations.add', outcome: 'done' },
        ...{ level: 'subject', subject: answer.subject_hash, reason: 'left the company' },
      },
    ]);
  });

  test('of a subject of another issuer says that it is not for ever', async () => {
    const { done, add, isDead } = office();
    const answer = await done(add({ level: 'subject', id: 'alice', issuer: other }));
    expect(answer).toMatchObject({ note: expect.stringContaining('kept_until') });
    expect(await isDead({}, other)).toBe(true);
    expect(await isDead({})).toBe(false);
  });

  test('a grant is dead by its id', async () => {
    const { done, add, isDead } = office();
    await done(add({ level: 'grant', id: 'g1' }));
    expect(await isDead({})).toBe(true);
    expect(await isDead({ grantId: 'g2' })).toBe(false);
  });
});

test.each([
  [{}],
  [{ level: 'key', id: 'k1' }],
  [{ level: 'toString', id: 'k1' }],
  [{ level: 'token' }],
  [{ level: 'token', id: '' }],
  [{ level: 'token', id: 'A'.repeat(21) }],
  [{ level: 'token', id: `eyJhbGciOiJub25lIn0.${'e30'}.` }],
  [{ level: 'subject', id: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln' }],
  [{ level: 'subject', id: `kwcs_${'1a'.repeat(24)}` }],
  [{ level: 'subject', id: 'a\nb' }],
  [{ level: 'subject', id: 'a'.repeat(256) }],
  [{ level: 'subject', id: 'alice', expires_at: now }],
  [{ level: 'subject', id: 'alice', issuer: 'http://login.example' }],
  [{ level: 'subject', id: 'alice', issuer: 'https://login.example a' }],
  [{ level: 'client', id: 'a b' }],
  [{ level: 'grant', id: 'g1', issuer: other }],
  [{ level: 'grant', id: 'g 1' }],
  [{ level: 'token', id: jti, expires_at: '900' }],
  [{ level: 'token', id: jti, expires_at: -1 }],
])('refuses %j as invalid, writes nothing, and nothing of it down', async (members) => {
  const { refusal, add, entries, lines } = office();
  expect(await refusal(add(members))).toMatch(/^invalid_request: /);
  expect(await entries()).toEqual([]);
  expect(JSON.stringify(lines)).not.toMatch(/alice|eyJ|1a1a/);
});

describe('switching a client off', () => {
  test.each(['disable', 'delete'])('by clients.%s ends the tokens that it has', async (verb) => {
    const { done, isDead, newClient } = office();
    await newClient();
    const answer = await done({ command: `clients.${verb}`, client_id: 'orders' });
    expect(answer).toMatchObject({ client_id: 'orders', tokens_revoked_until: now + ahead });
    expect(await isDead({ issuedAt: now + ahead })).toBe(true);
  });

  test('that was interrupted is finished by doing it again', async () => {
    for (const verb of ['disable', 'delete']) {
      for (const member of ['raise', 'append'] as const) {
        const { done, refusal, isDead, newClient, away, cuts, clients } = office();
        await newClient();
        const command = { command: `clients.${verb}`, client_id: 'orders' };
        away.add(member);
        expect(await refusal(command)).toMatch(/^unavailable/);
        // It gets no token any more, even so.
        expect((await clients.read('orders'))?.record.status).toBe('disabled');
        away.clear();
        await done(command);
        expect(await isDead({})).toBe(true);
        expect(await cuts.owed()).toEqual([]);
      }
    }
  });

  test('again cuts again: tokens that it got while it was on are dead too', async () => {
    const { done, isDead, newClient, clock } = office();
    await newClient();
    const disable = { command: 'clients.disable', client_id: 'orders' };
    await done(disable);
    await done({ command: 'clients.enable', client_id: 'orders' });
    clock.seconds += 60;
    expect(await isDead({ issuedAt: clock.seconds })).toBe(false);
    await done(disable);
    expect(await isDead({ issuedAt: clock.seconds })).toBe(true);
    clock.seconds += 60;
    await done(disable);
    expect(await isDead({ issuedAt: clock.seconds })).toBe(true);
  });

  test.each([
    ['clients.update', { name: 'New' }],
    ['clients.enable', {}],
    ['clients.secrets.add', {}],
  ])('%s is no such thing', async (command, members) => {
    const { done, isDead, newClient } = office();
    await newClient();
    await done({ command, client_id: 'orders', ...members });
    expect(await isDead({})).toBe(false);
  });

  test('nor is revoking a secret: whoever has the other one keeps its tokens', async () => {
    const { done, isDead, newClient } = office();
    const { secret_id } = await newClient();
    const named = { client_id: 'orders', secret_id };
    await done({ command: 'clients.secrets.revoke', ...named });
    expect(await isDead({})).toBe(false);
  });
});

describe('the list of what is revoked', () => {
  test('has what is alive, newest first and once, and notices on request', async () => {
    const { done, add, clock, newClient } = office();
    await newClient();
    clock.seconds = now + 201 - keepSeconds;
    await done(add({ level: 'token', id: jti }));
    clock.seconds = now;
    await done(add({ level: 'subject', id: 'alice' }));
    clock.seconds += 1;
    for (const _ of [1, 2]) await done(add({ level: 'client', id: 'orders' }));
    clock.seconds += 200;
    expect(await done({ command: 'revocations.list' })).toEqual({
      revocations: [
        {
          ...{ kind: 'client', id: 'orders', logged_at: now + 1, cut: now + 1 + ahead },
          expires_at: now + 1 + keepSeconds,
        },
        {
          ...{ kind: 'subject', id: expect.stringMatching(/^sha256:[\w-]{43}$/), logged_at: now },
          ...{ cut: now + ahead, expires_at: now + keepSeconds },
        },
      ],
      owed: [],
      poll_seconds: 5,
    });
    const all = await done({ command: 'revocations.list', all: true });
    expect(all.revocations).toHaveLength(2);
  });

  test('settles what somebody left owed, and names what it cannot', async () => {
    const { done, add, cuts, away, isDead } = office();
    await cuts.raise('client', 'orders', now + 9);
    away.add('append');
    expect(await done({ command: 'revocations.list' })).toMatchObject({
      revocations: [],
      owed: [{ level: 'client', id: 'orders', cut: now + 9 }],
    });
    away.clear();
    await done(add({ level: 'subject', id: 'bob' }));
    expect(await isDead({})).toBe(true);
    expect(await done({ command: 'revocations.list' })).toMatchObject({ owed: [] });
  });

  test('is an answer that Lambda lets through, however much clients have revoked, and says what it leaves out', async () => {
    const { done, fill } = office();
    await fill(8_000);
    const answer = await done({ command: 'revocations.list' });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(6 * 1024 * 1024);
    const { revocations, left_out } = answer as {
      revocations: readonly object[];
      left_out: number;
    };
    expect(revocations.length + left_out).toBe(8_000);
    expect(revocations[0]).toMatchObject({ logged_at: now });
    expect(await done({ command: 'status' })).toMatchObject({ revocations: 8_000 });
  });

  test('of a wrong kind of question is refused', async () => {
    expect(await office().refusal({ command: 'revocations.list', all: 'yes' })).toMatch(
      /^invalid_request: all must be true or false/,
    );
  });
});

test('no success is answered before it is durable', async () => {
  const { refusal, add, away, newClient } = office();
  await newClient();
  away.add('append');
  for (const members of [
    { level: 'token', id: jti },
    { level: 'client', id: 'orders' },
    { level: 'subject', id: 'alice' },
  ]) {
    expect(await refusal(add(members))).toMatch(/^unavailable/);
  }
  // That the mark cannot be taken away is no reason to deny what is done.
  away.clear();
  away.add('settle');
  expect(await refusal(add({ level: 'client', id: 'orders' }))).toBe('done');
});
