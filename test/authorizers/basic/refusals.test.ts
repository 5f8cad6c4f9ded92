import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attemptOf } from '../../../functions/authorizers/basic/attempt.ts';
import { Unavailable } from '../../../functions/core/unavailable.ts';
import { basicGate } from '../../support/basic-gate.ts';
import { audience, issuer, now } from '../../support/gate.ts';
import { alice, alicesPassword, robot, robotsPassword } from '../../support/users.ts';

const asAlice = { name: 'alice', password: alicesPassword };
const asRobot = { name: 'robot', password: robotsPassword };
/** Whatever is wrong with it, it is no password of anybody. */
const wrong = { alice: { name: 'alice', password: 'wrong' } };
const refused = [
  ['a wrong password', { name: 'alice', password: 'wrong' }, 'bad_password'],
  [
    'a wrong password that would have been drawn',
    { ...asRobot, password: 'wrong' },
    'bad_password',
  ],
  ['an unknown name', { name: 'nobody', password: 'wrong' }, 'key_unknown'],
] as const;

const userId = (name: string) => attemptOf(name, undefined).user;
const oneRun = { name: 'argon2id', memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

describe('Basic authentication (RFC 7617)', () => {
  test('a person and a program are who their record says', async () => {
    const gate = basicGate();
    expect(await gate.present(asAlice)).toEqual({
      kind: 'authenticated',
      principal: {
        scheme: 'basic',
        issuer,
        subject: 'team-a',
        clientId: 'team-a',
        scope: ['orders:read'],
        roles: [],
        audience: [audience],
        credentialId: 'alice',
        secretSetAt: alice.passwordSetAt,
      },
    });
    expect(await gate.present(asRobot)).toMatchObject({
      kind: 'authenticated',
      principal: { subject: 'robot', credentialId: 'robot' },
    });
  });

  test('a name and a password may be composed or decomposed', async () => {
    const gate = basicGate([{ ...alice, username: 'jörg' }]);
    const password = alicesPassword.normalize('NFD');
    expect(await gate.outcome({ name: 'jo\u0308rg', password })).toBe('authenticated');
  });

  test.each([
    ['disabled', { status: 'disabled' }, 'key_disabled'],
    ['past its time', { expiresAt: now }, 'key_expired'],
    ['good for another API', { resources: ['https://other.example'] }, 'wrong_audience'],
    ['bound to other addresses', { addresses: ['198.51.100.0/24'] }, 'ip_denied'],
  ] as const)(
    'a user that is %s is told so with the right password only',
    async (_, change, reason) => {
      for (const user of [alice, robot]) {
        const gate = basicGate([{ ...user, ...change }]);
        const right = user === alice ? asAlice : asRobot;
        expect(await gate.outcome({ ...right, password: 'wrong' })).toBe('bad_password');
        for (const _ of [1, 2]) expect(await gate.outcome(right)).toBe(reason);
      }
    },
  );

  test('where the answer is replayed no address decides', async () => {
    const gate = basicGate([{ ...alice, addresses: ['192.0.2.0/24'] }]);
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    expect(await gate.outcome({ ...asAlice, isReplayed: true })).toBe('ip_denied');
  });

  test('what is no name and password is looked up and hashed by nobody', async () => {
    const gate = basicGate();
    gate.isDown.users = true;
    gate.isDown.counters = true;
    for (const name of ['', 'a\n', 'x'.repeat(257)]) {
      expect(await gate.outcome({ name, password: 'p' })).toBe('malformed');
    }
    expect(await gate.outcome({ name: 'alice', password: 'x'.repeat(1_025) })).toBe('malformed');
    expect([gate.runs, gate.audit]).toEqual([[], []]);
  });
});

describe('a refusal', () => {
  test.each(refused)(
    'of %s is the same to the caller, byte by byte',
    async (_, presented, reason) => {
      const gate = basicGate();
      const expected = await gate.wire(wrong.alice);
      expect(expected).toContain('"isAuthorized":false');
      expect(expected).toContain('{"threw":"Unauthorized"}');
      expect(await gate.wire(presented)).toBe(expected);
      expect(gate.audit.at(-1)).toMatchObject({ outcome: 'deny', reason });
    },
  );

  test('of somebody who is locked out is the same too, with the right password and with a wrong one', async () => {
    const gate = basicGate();
    const expected = await gate.wire(wrong.alice);
    for (const name of ['alice', 'robot', 'nobody']) {
      await gate.count(attemptOf(name, '192.0.2.1').pair, 9);
      await gate.count(userId(name), 60);
    }
    for (const presented of [asAlice, ...refused.map(([, one]) => one)]) {
      expect(await gate.wire(presented)).toBe(expected);
      expect(gate.audit.at(-1)).toMatchObject({ reason: 'locked' });
    }
  });

  test('of a person whom nobody at any address may be now is the same too', async () => {
    const gate = basicGate();
    const expected = await gate.wire(wrong.alice);
    await gate.count(userId('alice'), 60);
    for (const presented of [asAlice, wrong.alice]) {
      expect(await gate.wire(presented)).toBe(expected);
      expect(gate.audit.at(-1)).toMatchObject({ reason: 'locked' });
    }
  });

  test.each(refused)(
    'of %s takes one run of argon2id, two counts and two looks at them',
    async (_, presented) => {
      const gate = basicGate([alice, robot]);
      await gate.outcome(presented);
      expect(gate.runs).toEqual([oneRun]);
      const { pair, user } = attemptOf(presented.name, '192.0.2.1');
      expect(gate.counted).toEqual([user, pair]);
      expect(gate.reads.counters).toBe(2);
      expect(gate.pauses).toEqual([0.05]);
    },
  );

  test('of the right password that comes too late takes the same, and gets the same: guesses at once tell nothing of it', async () => {
    const { pair } = attemptOf('alice', '192.0.2.1');
    const gate = basicGate([alice], 60, undefined, { pause: () => gate.count(pair, 5) });
    expect(await gate.outcome(asAlice)).toBe('locked');
    expect(gate.runs).toEqual([oneRun]);
    expect(gate.reads.counters).toBe(2);
    expect(gate.pauses).toEqual([0.05]);
    expect(await gate.failures(pair)).toMatchObject({ count: 5 });
    // It was never found right.
    expect(await gate.outcome(asAlice)).toBe('locked');
  });

  test.each(refused)(
    'of %s takes one look at the counters while the user is locked, and counts nothing',
    async (_, presented) => {
      const gate = basicGate([alice, robot]);
      await gate.count(userId(presented.name), 60);
      await gate.outcome(presented);
      expect([gate.runs, gate.counted]).toEqual([[], []]);
      expect(gate.reads.counters).toBe(1);
    },
  );

  test('leaves neither name nor address nor password in a counter or in the log', async () => {
    const gate = basicGate();
    for (let i = 0; i < 6; i += 1) {
      await gate.wire({ name: 'alice', password: 'canary-password' });
    }
    gate.clock.seconds += 900;
    gate.isDown.counters = true;
    await gate.wire({ name: 'alice', password: 'canary-password' });
    expect(JSON.stringify(gate.counted)).not.toMatch(/alice|192\.0|canary/);
    expect(gate.audit.at(-1)).toMatchObject({ outcome: 'unavailable' });
    expect(JSON.stringify(gate.audit)).not.toMatch(/details/);
    expect(JSON.stringify(gate.audit)).not.toMatch(/alice|canary/);
  });

  test('is counted for each user and each address by itself, whatever they are called', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text));
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(undefined));
    fc.assert(
      fc.property(name, address, name, (one, from, other) => {
        const attempt = attemptOf(one, from);
        const crafted = [`${one}${from}`, `${one}|${from}`, `${one}-`, `${one} ${from}`];
        for (const text of [other, ...crafted].filter((text) => text !== one)) {
          expect(Object.values(attemptOf(text, undefined))).not.toContain(attempt.pair);
          expect(attemptOf(text, from).user).not.toBe(attempt.user);
        }
        expect(attempt.pair).not.toBe(attempt.user);
      }),
    );
  });

  test('is counted under what an authorizer may write, by hashes', () => {
    const id = expect.stringMatching(/^basic#[0-9a-f]{64}$/);
    expect(attemptOf('alice', '192.0.2.1')).toEqual({ pair: id, user: id });
  });
});

describe('no answer', () => {
  test('is given while the users cannot be read; that is neither yes nor no, and no failure', async () => {
    const gate = basicGate();
    gate.isDown.users = true;
    for (const presented of [asAlice, wrong.alice, { name: 'nobody', password: 'x' }]) {
      await expect(gate.present(presented)).rejects.toThrow(Unavailable);
    }
    expect([gate.counted, gate.runs]).toEqual([[], []]);
    gate.isDown.users = false;
    expect(await gate.outcome(asAlice)).toBe('authenticated');
  });

  test('is given from memory on a strict route, nor from an old read on any', async () => {
    const gate = basicGate();
    await gate.outcome(asAlice);
    gate.isDown.users = true;
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    await expect(gate.present({ ...asAlice, isStrict: true })).rejects.toThrow(Unavailable);
    gate.clock.seconds += 60;
    await expect(gate.present(asAlice)).rejects.toThrow(Unavailable);
  });

  test('is given to a guess while the counters cannot be read, whoever it is: who counts nothing stops nobody', async () => {
    const gate = basicGate();
    gate.isDown.counters = true;
    for (const presented of [asAlice, ...refused.map(([, one]) => one)]) {
      await expect(gate.present(presented)).rejects.toThrow(Unavailable);
    }
    expect(gate.runs).toEqual([]);
    expect(await gate.outcome(asRobot)).toBe('authenticated');
    gate.isDown.counters = false;
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    gate.isDown.counters = true;
    // It was found right within the last minute, and is no guess.
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    await expect(gate.present({ ...asAlice, isStrict: true })).rejects.toThrow(Unavailable);
  });

  test('tells a person from a program or from nobody, on any surface', async () => {
    const gate = basicGate();
    gate.isDown.counters = true;
    const expected = await gate.wire(wrong.alice);
    expect(expected).not.toContain('Unauthorized');
    for (const presented of [asAlice, ...refused.map(([, one]) => one)]) {
      expect(await gate.wire(presented)).toBe(expected);
      expect(gate.audit.at(-1)).toMatchObject({
        outcome: 'unavailable',
        reason: 'dependency_unavailable',
      });
    }
  });

  test('is given after a failure that could not be counted, before it is: none is lost', async () => {
    const gate = basicGate();
    gate.isDown.counting = true;
    await expect(gate.present(wrong.alice)).rejects.toThrow(Unavailable);
    for (const from of ['192.0.2.1', '198.51.100.7']) {
      await expect(gate.present({ ...asAlice, from })).rejects.toThrow(Unavailable);
    }
    expect(gate.runs).toHaveLength(1);
    // It is nobody else's debt.
    await expect(gate.present({ name: 'nobody', password: 'x' })).rejects.toThrow(Unavailable);
    expect(gate.runs).toHaveLength(2);

    gate.isDown.counting = false;
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    const { pair, user } = attemptOf('alice', '192.0.2.1');
    for (const id of [pair, user]) expect(await gate.failures(id)).toMatchObject({ count: 1 });
    expect(await gate.outcome({ ...asAlice, from: '198.51.100.7' })).toBe('authenticated');
    expect(await gate.failures(user)).toMatchObject({ count: 1 });
  });
});
