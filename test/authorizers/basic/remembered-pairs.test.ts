import { describe, expect, test } from 'vitest';
import { attemptOf } from '../../../functions/authorizers/basic/attempt.ts';
import { hashPassword } from '../../../functions/core/credentials/password-hash.ts';
import { digest } from '../../../functions/core/digest.ts';
import { type BasicGate, basicGate } from '../../support/basic-gate.ts';
import { now } from '../../support/gate.ts';
import { quickAlice as alice, alicesPassword, robot, robotsPassword } from '../../support/users.ts';

const asAlice = { name: 'alice', password: alicesPassword };
const asRobot = { name: 'robot', password: robotsPassword };

/** How many runs of argon2id it took. */
async function runsFor(gate: BasicGate, act: () => Promise<unknown>): Promise<number> {
  const before = gate.runs.length;
  await act();
  return gate.runs.length - before;
}

describe('a pair that was verified', () => {
  test.each([
    [0, 0],
    [59, 0],
    [60, 1],
    [61, 1],
  ])('is remembered: after %i of 60 seconds it costs %i runs of argon2id', async (age, runs) => {
    const gate = basicGate();
    expect(await runsFor(gate, () => gate.outcome(asAlice))).toBe(1);
    gate.clock.seconds += age;
    const outcome = async () => expect(await gate.outcome(asAlice)).toBe('authenticated');
    expect(await runsFor(gate, outcome)).toBe(runs);
  });

  test('is as old as its verification, however often it is used', async () => {
    const gate = basicGate();
    for (const [second, runs] of [
      [0, 1],
      [30, 0],
      [59, 0],
      [60, 1],
      [119, 0],
    ] as const) {
      gate.clock.seconds = now + second;
      expect(await runsFor(gate, () => gate.outcome(asAlice))).toBe(runs);
    }
  });

  test('does not become immortal where the clock goes backwards', async () => {
    const gate = basicGate();
    await gate.outcome(asAlice);
    gate.clock.seconds -= 1;
    expect(await runsFor(gate, () => gate.outcome(asAlice))).toBe(1);
  });

  test('is of its address, so that a guess from elsewhere finds nothing', async () => {
    const gate = basicGate();
    await gate.outcome(asAlice);
    const elsewhere = { ...asAlice, from: '198.51.100.7' };
    expect(await runsFor(gate, () => gate.outcome(elsewhere))).toBe(1);
    await gate.count(attemptOf('alice', '203.0.113.1').user, 60);
    expect(await gate.outcome({ ...asAlice, from: '203.0.113.1' })).toBe('locked');
  });

  test('is forgotten with the first failure there: a lock that follows holds for it too', async () => {
    const gate = basicGate();
    await gate.outcome(asAlice);
    expect(await gate.outcome({ ...asAlice, password: 'wrong' })).toBe('bad_password');
    expect(await runsFor(gate, () => gate.outcome(asAlice))).toBe(1);
    for (let i = 0; i < 4; i += 1) await gate.outcome({ ...asAlice, password: 'wrong' });
    expect(await gate.outcome(asAlice)).toBe('locked');
  });

  test('is forgotten with the first guess that is not it, locked or not: guesses are not compared with it one after the other', async () => {
    const gate = basicGate();
    await gate.outcome(asAlice);
    // Its failures were counted elsewhere.
    await gate.count(attemptOf('alice', '192.0.2.1').pair, 20);
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    expect(await gate.outcome({ ...asAlice, password: 'guess' })).toBe('locked');
    expect(await gate.outcome(asAlice)).toBe('locked');
  });

  test('is not reached by the password of another user', async () => {
    const gate = basicGate();
    await gate.outcome(asAlice);
    await gate.outcome(asRobot);
    expect(await gate.outcome({ ...asAlice, password: robotsPassword })).toBe('bad_password');
    expect(await gate.outcome({ ...asRobot, password: alicesPassword })).toBe('bad_password');
  });

  test('spares the counters too', async () => {
    const gate = basicGate();
    for (const _ of [1, 2, 3]) expect(await gate.outcome(asAlice)).toBe('authenticated');
    expect(gate.reads.counters).toBe(2);
  });

  test('is one of at most 1,000, and the one that was used least recently leaves first', async () => {
    const gate = basicGate();
    const from = (i: number) => ({ ...asAlice, from: `10.0.${i >> 8}.${i & 255}` });
    for (let i = 0; i < 1_000; i += 1) await gate.outcome(from(i));
    await gate.outcome(from(0));
    expect(gate.reads.counters).toBe(2_000);
    await gate.outcome(from(1_000));
    await gate.outcome(from(0));
    expect(gate.reads.counters).toBe(2_002);
    await gate.outcome(from(1));
    expect(gate.reads.counters).toBe(2_004);
  });
});

describe('a password that was drawn', () => {
  test('is compared and nothing else: there is nothing to hash, to count or to remember', async () => {
    const gate = basicGate();
    gate.isDown.counters = true;
    for (const isStrict of [false, true, false]) {
      expect(await gate.outcome({ ...asRobot, isStrict })).toBe('authenticated');
    }
    expect([gate.runs, gate.reads.counters, gate.audit]).toEqual([[], 0, []]);
  });
});

describe('what an operator changes', () => {
  const newSalt = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
  const changes = [
    ['a new password', async () => ({ secret: await human('another password') }), 'bad_password'],
    ['a drawn password', async () => ({ secret: drawn('drawn') }), 'bad_password'],
    [
      'a drawn password of the same text',
      async () => ({ secret: drawn(alicesPassword) }),
      'authenticated',
    ],
    ['disabling', async () => ({ status: 'disabled' as const }), 'key_disabled'],
    ['an end', async () => ({ expiresAt: now }), 'key_expired'],
  ] as const;
  const human = async (password: string) =>
    ({ kind: 'password', phc: await hashPassword(password, newSalt) }) as const;
  const drawn = (password: string) => ({ kind: 'generated', hash: digest(password) }) as const;

  test.each(changes)(
    '%s counts at once where the record is read again',
    async (_, change, outcome) => {
      const gate = basicGate([alice], 0);
      expect(await gate.outcome(asAlice)).toBe('authenticated');
      await gate.registry.replace({ ...alice, ...(await change()) }, 1);
      expect(await gate.outcome(asAlice)).toBe(outcome);
    },
  );

  test.each(changes)('%s counts at once on a strict route', async (_, change, outcome) => {
    const gate = basicGate([alice]);
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    await gate.registry.replace({ ...alice, ...(await change()) }, 1);
    expect(await gate.outcome({ ...asAlice, isStrict: true })).toBe(outcome);
    // What was read for it counts for everybody.
    expect(await gate.outcome(asAlice)).toBe(outcome);
  });

  test.each(changes)(
    '%s counts when the time of the record in memory is over',
    async (_, change, outcome) => {
      const gate = basicGate([alice], 10);
      expect(await gate.outcome(asAlice)).toBe('authenticated');
      await gate.registry.replace({ ...alice, ...(await change()) }, 1);
      gate.clock.seconds += 9;
      if (!('expiresAt' in (await change()))) {
        expect(await gate.outcome(asAlice)).toBe('authenticated');
      }
      gate.clock.seconds += 1;
      expect(await gate.outcome(asAlice)).toBe(outcome);
    },
  );

  test('a new owner and another scope are told to the backend as soon as the record is read', async () => {
    const gate = basicGate([alice], 0);
    await gate.present(asAlice);
    await gate.registry.replace({ ...alice, owner: 'team-b', scope: ['reports:read'] }, 1);
    expect(await gate.present(asAlice)).toMatchObject({
      principal: { subject: 'team-b', clientId: 'team-b', scope: ['reports:read'] },
    });
  });

  test('a user that was removed is nobody, remembered or not', async () => {
    const gate = basicGate([alice, robot], 0);
    for (const presented of [asAlice, asRobot]) {
      expect(await gate.outcome(presented)).toBe('authenticated');
      await gate.registry.remove(presented.name);
      expect(await gate.outcome(presented)).toBe('key_unknown');
    }
  });

  test('the same password set anew has to be proved anew', async () => {
    const gate = basicGate([alice], 0);
    await gate.outcome(asAlice);
    await gate.registry.replace({ ...alice, secret: await human(alicesPassword) }, 1);
    expect(await runsFor(gate, () => gate.outcome(asAlice))).toBe(1);
  });
});

describe('a strict route', () => {
  test('knows what argon2id said of this very hash, but looks for locks on each request', async () => {
    const gate = basicGate();
    const strictly = { ...asAlice, isStrict: true };
    await gate.outcome(strictly);
    const again = async () => expect(await gate.outcome(strictly)).toBe('authenticated');
    expect(await runsFor(gate, again)).toBe(0);
    expect(gate.reads.counters).toBe(3);
    await gate.count(attemptOf('alice', '192.0.2.1').user, 60);
    expect(await gate.outcome(strictly)).toBe('locked');
  });
});
