import { describe, expect, test } from 'vitest';
import { type Rotation, rotation } from '../../functions/rotation/rotation.ts';
import { days } from './observer.ts';
import { newWorld, rules, type World } from './world.ts';

const ringSecret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ring';

/** The function over a world, with what it waited for. */
function hosted(world: World, changed: Partial<Rotation> = {}) {
  const pauses: number[] = [];
  const pause = { pause: async (seconds: number) => void pauses.push(seconds) };
  const { versions, publisher, intents, revocations, clock, randomness, generator, trial, audit } =
    world;
  const ports = {
    versions,
    publisher,
    intents,
    revocations,
    clock,
    randomness,
    generator,
    trial,
    audit,
  };
  const handle = rotation({ ...ports, pause, ...changed }, { ...rules, ringSecret });
  return { handle, pauses };
}

const stepEvent = (step: string, token = 'r1') => ({
  Step: step,
  SecretId: ringSecret,
  ClientRequestToken: token,
  RotationToken: 'sesame',
});

describe('the rotation function', () => {
  test.each([
    ['an empty event', {}],
    ['no event', undefined],
    ['null', null],
  ])('makes the first ring for %s, and answers kids and a generation alone', async (_, event) => {
    const { handle } = hosted(newWorld());
    expect(await handle(event)).toEqual({ kids: ['RS256-1', 'ES256-2'], generation: 1 });
  });

  test.each([
    ['camelCase', ['createSecret', 'setSecret', 'testSecret', 'finishSecret']],
    ['snake_case', ['create_secret', 'set_secret', 'test_secret', 'finish_secret']],
  ])('takes its steps in %s and answers nothing', async (_, names) => {
    const world = newWorld();
    const { handle } = hosted(world);
    await handle({});
    await world.pass(30 * days);
    world.secret.begin('r1');
    for (const name of names) expect(await handle(stepEvent(name))).toBeUndefined();
    await world.observe();
    expect(world.secret.holder('AWSCURRENT')).toBe('r1');
  });

  test('stores an intent', async () => {
    const { handle } = hosted(newWorld());
    await handle({});
    const intent = { mode: 'waive-lead', by: 'arn:aws:iam::123456789012:user/ops' };
    expect(await handle({ intent })).toEqual({ generation: 1, stored: true });
  });

  test.each([
    ['a step of another name', stepEvent('deleteSecret'), 'unknown_event'],
    ['a name of every object', stepEvent('constructor'), 'unknown_event'],
    [
      'a step without a token',
      { ...stepEvent('setSecret'), ClientRequestToken: undefined },
      'unknown_event',
    ],
    ['another secret', { ...stepEvent('setSecret'), SecretId: 'other' }, 'other_secret'],
    ['a text', 'createSecret', 'unknown_event'],
  ])('refuses %s and writes the reason into the log', async (_, event, reason) => {
    const world = newWorld();
    const { handle } = hosted(world);
    await expect(handle(event)).rejects.toThrow(reason);
    expect(world.events).toEqual([{ event: 'fault', where: 'rotation', fault: reason }]);
  });

  test('waits for a role that is not known everywhere yet, for half a minute and no longer', async () => {
    const world = newWorld();
    let denials = 3;
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const versions = {
      ...world.versions,
      describe: async () => {
        if (denials-- > 0) throw denied;
        return world.versions.describe();
      },
    };
    const { handle, pauses } = hosted(world, { versions });
    await handle({});
    expect(pauses).toEqual([2, 2, 2]);
    denials = Number.POSITIVE_INFINITY;
    pauses.length = 0;
    await expect(handle({})).rejects.toBe(denied);
    expect(pauses.reduce((sum, seconds) => sum + seconds, 0)).toBe(30);
  });

  test('does not wait for any other failure, nor in a step', async () => {
    const world = newWorld();
    const broken = new Error('away');
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const failing = (error: Error) => ({
      ...world.versions,
      describe: async () => {
        throw error;
      },
    });
    const first = hosted(world, { versions: failing(broken) });
    await expect(first.handle({})).rejects.toBe(broken);
    const second = hosted(world, { versions: failing(denied) });
    await expect(second.handle(stepEvent('setSecret'))).rejects.toBe(denied);
    expect([...first.pauses, ...second.pauses]).toEqual([]);
  });
});
