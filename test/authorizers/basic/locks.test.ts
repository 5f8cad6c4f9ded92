import { describe, expect, test } from 'vitest';
import { attemptOf } from '../../../functions/authorizers/basic/attempt.ts';
import { type BasicGate, basicGate } from '../../support/basic-gate.ts';
import { now } from '../../support/gate.ts';
import { alice, alicesPassword, robot, robotsPassword } from '../../support/users.ts';

const asAlice = { name: 'alice', password: alicesPassword };
const asRobot = { name: 'robot', password: robotsPassword };
const asNobody = { name: 'nobody', password: 'x' };
const userId = (name: string) => attemptOf(name, undefined).user;
const pairId = (name: string, from?: string) => attemptOf(name, from).pair;

describe('a user at an address', () => {
  test.each([
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [10, 32],
    [14, 512],
    [15, 900],
    [40, 900],
  ])(
    'is locked out after failure %i for %i seconds, even with the right password',
    async (failures, seconds) => {
      for (const [offset, isOpen] of [
        [-1, seconds === 0],
        [0, true],
        [1, true],
      ] as const) {
        const gate = basicGate();
        await gate.count(pairId('alice', '192.0.2.1'), failures);
        gate.clock.seconds = now + Math.max(0, seconds + offset);
        expect(await gate.outcome(asAlice)).toBe(isOpen ? 'authenticated' : 'locked');
      }
    },
  );

  test('is locked out by its own failures, each lock beginning with the last of them', async () => {
    const gate = basicGate();
    for (let failure = 1; failure <= 8; failure += 1) {
      expect(await gate.outcome({ ...asAlice, password: `guess ${failure}` })).toBe('bad_password');
      const seconds = failure < 5 ? 0 : 2 ** (failure - 5);
      if (seconds > 0) {
        gate.clock.seconds += seconds - 1;
        expect(await gate.outcome(asAlice)).toBe('locked');
        gate.clock.seconds += 1;
      }
    }
    expect(await gate.outcome(asAlice)).toBe('authenticated');
  });

  test('does not stay locked out by trying, and nothing is hashed for it meanwhile', async () => {
    const gate = basicGate();
    await gate.count(pairId('alice', '192.0.2.1'), 8);
    for (let second = 0; second < 8; second += 1) {
      gate.clock.seconds = now + second;
      expect(await gate.outcome({ ...asAlice, password: 'again' })).toBe('locked');
    }
    expect([gate.counted, gate.runs]).toEqual([[], []]);
    gate.clock.seconds = now + 8;
    expect(await gate.outcome(asAlice)).toBe('authenticated');
  });

  test('is locked out at once whatever it is called: a person, a program, nobody', async () => {
    const gate = basicGate();
    for (const presented of [asAlice, { ...asRobot, password: 'wrong' }, asNobody]) {
      await gate.count(pairId(presented.name, '192.0.2.1'), 9);
      expect(await gate.outcome(presented)).toBe('locked');
    }
    expect([gate.runs, gate.counted]).toEqual([[], []]);
  });

  test('is never locked out with the right password of a program: nobody guesses that, and many may share an address', async () => {
    const gate = basicGate();
    for (let i = 0; i < 20; i += 1) await gate.outcome({ ...asRobot, password: `guess ${i}` });
    expect(await gate.outcome({ ...asRobot, password: 'wrong' })).toBe('locked');
    for (const isStrict of [false, true]) {
      expect(await gate.outcome({ ...asRobot, isStrict })).toBe('authenticated');
    }
    expect(await gate.outcome({ ...asRobot, password: 'wrong' })).toBe('locked');
  });

  test('locks out nobody else: neither another user there nor the user elsewhere', async () => {
    const gate = basicGate();
    await gate.count(pairId('alice', '192.0.2.1'), 9);
    expect(await gate.outcome(asRobot)).toBe('authenticated');
    expect(await gate.outcome({ ...asAlice, from: '192.0.2.2' })).toBe('authenticated');
  });

  test('is whoever is in the same /64 of IPv6', async () => {
    const gate = basicGate();
    await gate.count(pairId('alice', '2001:db8::1'), 9);
    expect(await gate.outcome({ ...asAlice, from: '2001:db8::ffff:1' })).toBe('locked');
    expect(await gate.outcome({ ...asAlice, from: '2001:db8:0:1::1' })).toBe('authenticated');
  });

  test('has its failures forgotten an hour after the last of them', async () => {
    const gate = basicGate();
    for (let i = 0; i < 4; i += 1) await gate.outcome({ ...asAlice, password: 'wrong' });
    gate.clock.seconds += 3_599;
    expect(await gate.failures(pairId('alice', '192.0.2.1'))).toMatchObject({ count: 4 });
    gate.clock.seconds += 1;
    await gate.outcome({ ...asAlice, password: 'wrong' });
    expect(await gate.failures(pairId('alice', '192.0.2.1'))).toMatchObject({ count: 1 });
  });

  test.each([2, 20])('of %i guesses at once each counts', async (guesses) => {
    const gate = basicGate();
    const outcomes = await Promise.all(
      Array.from({ length: guesses }, (_, i) => gate.outcome({ ...asAlice, password: `${i}` })),
    );
    expect(new Set(outcomes)).toEqual(new Set(['bad_password']));
    for (const id of [pairId('alice', '192.0.2.1'), userId('alice')]) {
      expect(await gate.failures(id)).toMatchObject({ count: guesses });
    }
  });

  test('that succeeds writes nothing, and its failures still count', async () => {
    const gate = basicGate();
    await gate.outcome({ ...asAlice, password: 'wrong' });
    gate.counted.splice(0);
    expect(await gate.outcome(asAlice)).toBe('authenticated');
    expect(gate.counted).toEqual([]);
    expect(await gate.failures(pairId('alice', '192.0.2.1'))).toMatchObject({ count: 1 });
  });
});

describe('a user at all addresses', () => {
  test.each([
    [49, 0],
    [50, 1],
    [51, 2],
    [59, 512],
    [60, 900],
    [500, 900],
  ])(
    'is locked out after failure %i for %i seconds if it is a person',
    async (failures, seconds) => {
      for (const [offset, isOpen] of [
        [-1, seconds === 0],
        [0, true],
        [1, true],
      ] as const) {
        const gate = basicGate();
        await gate.count(userId('alice'), failures);
        gate.clock.seconds = now + Math.max(0, seconds + offset);
        const outcome = await gate.outcome({ ...asAlice, from: '198.51.100.7' });
        expect(outcome).toBe(isOpen ? 'authenticated' : 'locked');
      }
    },
  );

  test('has the failures of every address counted together', async () => {
    const gate = basicGate();
    await gate.count(userId('alice'), 47);
    for (const from of ['192.0.2.1', '192.0.2.2', '2001:db8::1']) {
      expect(await gate.outcome({ ...asAlice, password: 'wrong', from })).toBe('bad_password');
    }
    expect(await gate.outcome({ ...asAlice, from: '198.51.100.7' })).toBe('locked');
  });

  test('is never locked out if it is a program: anybody could do that to it', async () => {
    const gate = basicGate();
    await gate.count(userId('robot'), 1_000);
    expect(await gate.outcome({ ...asRobot, password: 'wrong' })).toBe('locked');
    expect(await gate.outcome(asRobot)).toBe('authenticated');
    expect(await gate.outcome({ ...asRobot, isStrict: true })).toBe('authenticated');
  });

  test('is not known to be a person by being locked out: all names are refused at once', async () => {
    const gate = basicGate([alice, robot]);
    for (const presented of [asAlice, asRobot, asNobody]) {
      await gate.count(userId(presented.name), 60);
      expect(await gate.outcome({ ...presented, password: 'wrong' })).toBe('locked');
    }
    expect([gate.runs, gate.counted]).toEqual([[], []]);
    expect(gate.reads.counters).toBe(3);
  });
});

describe('the price of keeping a person out everywhere', () => {
  /** Guesses wrong, from one address after the other, as soon as that is looked at. How long did it take? */
  async function guessing(gate: BasicGate, addresses: number, times: number): Promise<number> {
    const begun = gate.clock.seconds;
    for (let guess = 0; guess < times; guess += 1) {
      const presented = { ...asAlice, password: 'wrong', from: `198.51.100.${guess % addresses}` };
      while ((await gate.outcome(presented)) === 'locked') gate.clock.seconds += 1;
    }
    return gate.clock.seconds - begun;
  }

  test.each([
    ['within 20 minutes from ten addresses', 10, 20 * 60],
    ['within half a day from one', 1, 12 * 3_600],
  ])('is 60 wrong passwords %s, and then one every 15 minutes', async (_, addresses, seconds) => {
    const gate = basicGate();
    const taken = await guessing(gate, addresses, 60);
    expect(taken).toBeLessThanOrEqual(seconds);
    expect(taken).toBeGreaterThan(seconds * 0.8);
    for (let quarter = 0; quarter < 8; quarter += 1) {
      for (const wait of [0, 450, 899]) {
        const at = gate.clock.seconds;
        gate.clock.seconds += wait;
        expect(await gate.outcome({ ...asAlice, from: '203.0.113.1' })).toBe('locked');
        gate.clock.seconds = at;
      }
      gate.clock.seconds += 900;
      expect(await guessing(gate, addresses, 1)).toBe(0);
    }
    gate.clock.seconds += 900;
    expect(await gate.outcome({ ...asAlice, from: '203.0.113.1' })).toBe('authenticated');
  });
});

describe('a lock that was seen', () => {
  test.each([
    ['the pair', (name: string) => pairId(name, '192.0.2.1'), 20],
    ['the user', userId, 60],
  ] as const)(
    'of %s is believed for 10 seconds, so that nobody keeps the counter busy',
    async (_, idOf, times) => {
      const gate = basicGate();
      for (const name of ['alice', 'robot', 'nobody']) {
        gate.clock.seconds = now;
        const before = gate.reads.counters;
        await gate.count(idOf(name), times);
        for (const [second, looks] of [
          [0, 1],
          [1, 1],
          [9, 1],
          [10, 2],
          [19, 2],
          [20, 3],
        ] as const) {
          gate.clock.seconds = now + second;
          expect(await gate.outcome({ name, password: 'wrong' })).toBe('locked');
          expect(gate.reads.counters - before).toBe(looks);
        }
      }
      expect([gate.runs, gate.counted]).toEqual([[], []]);
    },
  );

  test('is believed while the counters are away too, and no longer than it lasts', async () => {
    const gate = basicGate();
    await gate.count(pairId('alice', '192.0.2.1'), 7);
    expect(await gate.outcome(asAlice)).toBe('locked');
    gate.isDown.counters = true;
    gate.clock.seconds += 3;
    expect(await gate.outcome(asAlice)).toBe('locked');
    gate.isDown.counters = false;
    gate.clock.seconds += 1;
    expect(await gate.outcome(asAlice)).toBe('authenticated');
  });

  test('is no lock of others', async () => {
    const gate = basicGate();
    await gate.count(pairId('alice', '192.0.2.1'), 20);
    expect(await gate.outcome(asAlice)).toBe('locked');
    expect(await gate.outcome({ ...asAlice, from: '192.0.2.2' })).toBe('authenticated');
    expect(await gate.outcome(asRobot)).toBe('authenticated');
  });

  test('is one of at most 1,000: what is forgotten is looked up again, and locks as before', async () => {
    const gate = basicGate();
    const name = (i: number) => `somebody ${i}`;
    for (let i = 0; i <= 1_000; i += 1) {
      await gate.count(userId(name(i)), 60);
      expect(await gate.outcome({ name: name(i), password: 'x' })).toBe('locked');
    }
    for (const [i, looks] of [
      [1_000, 0],
      [1, 0],
      [0, 1],
    ] as const) {
      const before = gate.reads.counters;
      expect(await gate.outcome({ name: name(i), password: 'x' })).toBe('locked');
      expect(gate.reads.counters - before).toBe(looks);
    }
  });
});

describe('where no address is told', () => {
  test('five failures lock a person out, and never a program: the lock is one for everybody', async () => {
    const gate = basicGate();
    for (const presented of [asAlice, asRobot, asNobody]) {
      const anywhere = { ...presented, from: null };
      for (let i = 0; i < 5; i += 1) await gate.outcome({ ...anywhere, password: 'wrong' });
      gate.counted.splice(0);
      expect(await gate.outcome({ ...anywhere, password: 'wrong' })).not.toBe('authenticated');
      expect(gate.counted).toEqual([]);
    }
    expect(await gate.outcome({ ...asAlice, from: null })).toBe('locked');
    expect(await gate.outcome({ ...asRobot, from: null })).toBe('authenticated');
    expect(await gate.outcome({ ...asAlice, from: '192.0.2.1' })).toBe('authenticated');
  });
});
