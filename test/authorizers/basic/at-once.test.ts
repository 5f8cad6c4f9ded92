import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { clientOptions } from '../../../functions/adapters/aws/client-options.ts';
import { dynamoFailureCounter } from '../../../functions/adapters/dynamodb/failure-counter.ts';
import { dynamoReader } from '../../../functions/adapters/dynamodb/reader.ts';
import { dynamoWriter } from '../../../functions/adapters/dynamodb/writer.ts';
import { memoryFailureCounter } from '../../../functions/adapters/memory/failure-counter.ts';
import { attemptOf } from '../../../functions/authorizers/basic/attempt.ts';
import type { FailureCounter } from '../../../functions/core/ports/failure-counter.ts';
import { awsWorld } from '../../local/support/aws-world.ts';
import { type BasicGate, basicGate } from '../../support/basic-gate.ts';
import { createTable } from '../../support/create-table.ts';
import { now } from '../../support/gate.ts';
import { alicesPassword } from '../../support/users.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
const env = aws.environment();
// Fifty at once on two busy cores take longer than a caller at the gateway would wait.
const patient = { env, deadlineMs: 15_000 };
const adapters = { reader: dynamoReader(patient), writer: dynamoWriter(patient) };
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

let serial = 0;
const counters: readonly (readonly [string, () => Promise<FailureCounter>])[] = [
  ['memory', async () => memoryFailureCounter()],
  [
    'DynamoDB',
    async () => {
      serial += 1;
      return dynamoFailureCounter(adapters, await createTable(dynamo, `at-once-${serial}`));
    },
  ],
];

const right = { name: 'alice', password: alicesPassword };
const wrong = { name: 'alice', password: 'wrong' };
const { pair, user } = attemptOf('alice', '192.0.2.1');
const from = (i: number) => `198.51.100.${i}`;
const reasons = (outcomes: readonly string[]) =>
  Object.fromEntries(
    [...new Set(outcomes)].map((one) => [one, outcomes.filter((other) => other === one).length]),
  );

/** Whoever comes waits until that many have come. */
function meeting(callers: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = callers;
  return () => {
    missing -= 1;
    if (missing <= 0) resolve();
    return promise;
  };
}

/**
 * A gate that so many attempts pass side by side, as if each had an environment of its own: none is counted before all have
 * looked, and the pause lasts until every failure is on record.
 */
function sideBySide(counter: FailureCounter, attempts: number): BasicGate {
  const looked = meeting(attempts);
  const hashed = meeting(attempts);
  const counts: Promise<void>[] = [];
  const synchronized: FailureCounter = {
    ...counter,
    async read(ids, at) {
      const failures = await counter.read(ids, at);
      await looked();
      return failures;
    },
    add(...failure) {
      const count = counter.add(...failure);
      counts.push(count);
      return count;
    },
  };
  return basicGate(undefined, undefined, synchronized, {
    async pause() {
      await hashed();
      await Promise.all(counts);
    },
  });
}

describe.each(counters)('guesses at once, counted in %s:', (_, open) => {
  test.each([2, 5, 6, 20, 50])(
    'of %i at an address, the right one among them is let in while the others are free, wherever it stands',
    async (guesses) => {
      for (const position of new Set([0, guesses >> 1, guesses - 1])) {
        const gate = sideBySide(await open(), guesses);
        const outcomes = await Promise.all(
          Array.from({ length: guesses }, (_, i) => gate.outcome(i === position ? right : wrong)),
        );
        const others = guesses - 1;
        expect(outcomes[position]).toBe(others < 5 ? 'authenticated' : 'locked');
        expect(outcomes.filter((outcome) => outcome === 'bad_password')).toHaveLength(others);
        for (const id of [pair, user]) {
          expect(await gate.failures(id)).toMatchObject({ count: others });
        }
      }
    },
  );

  test.each([50, 51])(
    'of %i at as many addresses, the right one is let in while the others are free',
    async (guesses) => {
      const gate = sideBySide(await open(), guesses);
      const outcomes = await Promise.all(
        Array.from({ length: guesses }, (_, i) =>
          gate.outcome({ ...(i === 0 ? right : wrong), from: from(i) }),
        ),
      );
      expect(outcomes[0]).toBe(guesses - 1 < 50 ? 'authenticated' : 'locked');
      expect(await gate.failures(user)).toMatchObject({ count: guesses - 1 });
    },
  );

  test.each([2, 20, 50])(
    '%i right ones are all let in, and nothing is written',
    async (callers) => {
      const gate = sideBySide(await open(), callers);
      const outcomes = await Promise.all(
        Array.from({ length: callers }, () => gate.outcome(right)),
      );
      expect(reasons(outcomes)).toEqual({ authenticated: callers });
      expect([gate.counted, gate.replaced]).toEqual([[], []]);
    },
  );

  test.each([2, 20, 50])(
    'of %i when a lock of the pair ends exactly one is verified, and locks again',
    async (guesses) => {
      const gate = basicGate(undefined, undefined, await open());
      await gate.count(pair, 7);
      gate.clock.seconds += 4;
      const outcomes = await Promise.all(
        Array.from({ length: guesses }, () => gate.outcome(wrong)),
      );
      expect(reasons(outcomes)).toEqual({ bad_password: 1, locked: guesses - 1 });
      expect(gate.runs).toHaveLength(1);
      expect(await gate.failures(pair)).toEqual({ count: 8, lastAt: now + 4 });
      expect(await gate.failures(user)).toEqual({ count: 1, lastAt: now + 4 });
      expect(await gate.outcome(right)).toBe('locked');
    },
  );

  test.each([2, 20, 50])(
    'of %i from as many addresses when a lock of the user ends exactly one is verified',
    async (guesses) => {
      const gate = basicGate(undefined, undefined, await open());
      await gate.count(user, 52);
      gate.clock.seconds += 4;
      const outcomes = await Promise.all(
        Array.from({ length: guesses }, (_, i) => gate.outcome({ ...wrong, from: from(i) })),
      );
      expect(reasons(outcomes)).toEqual({ bad_password: 1, locked: guesses - 1 });
      expect(gate.runs).toHaveLength(1);
      expect(await gate.failures(user)).toEqual({ count: 53, lastAt: now + 4 });
      expect(await gate.outcome({ ...right, from: '203.0.113.1' })).toBe('locked');
    },
  );
});

describe('the right password when a lock has ended', () => {
  test('takes the pair back below the lock, so that many at once are let in again', async () => {
    const gate = basicGate();
    await gate.count(pair, 12);
    gate.clock.seconds += 128;
    expect(await gate.outcome(right)).toBe('authenticated');
    expect(await gate.failures(pair)).toEqual({ count: 4, lastAt: now });
    gate.clock.seconds += 60;
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => gate.outcome(right)));
    expect(reasons(outcomes)).toEqual({ authenticated: 20 });
    expect(await gate.outcome(wrong)).toBe('bad_password');
    expect(await gate.outcome(right)).toBe('locked');
  });

  test('leaves the failures of the user at all addresses as they were: others made them', async () => {
    const gate = basicGate();
    await gate.count(user, 55);
    gate.clock.seconds += 32;
    for (const i of [1, 2, 3]) {
      expect(await gate.outcome({ ...right, from: from(i) })).toBe('authenticated');
      expect(await gate.failures(user)).toEqual({ count: 55, lastAt: now });
    }
    expect(await gate.outcome({ ...wrong, from: from(4) })).toBe('bad_password');
    expect(await gate.failures(user)).toEqual({ count: 56, lastAt: now + 32 });
    expect(await gate.outcome({ ...right, from: from(5) })).toBe('locked');
  });

  test('that has lost its turn at the address gives the turn of the user back', async () => {
    const counter = memoryFailureCounter();
    const gate = basicGate(undefined, undefined, {
      ...counter,
      replace: async (id, ...change) => id !== pair && counter.replace(id, ...change),
    });
    await gate.count(pair, 5);
    await gate.count(user, 50);
    gate.clock.seconds += 1;
    expect(await gate.outcome(right)).toBe('locked');
    expect(gate.runs).toEqual([]);
    expect(await gate.failures(user)).toEqual({ count: 50, lastAt: now });
  });
});
