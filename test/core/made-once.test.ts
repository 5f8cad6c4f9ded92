import { expect, test } from 'vitest';
import { madeOnce } from '../../functions/core/made-once.ts';

interface Thing {
  readonly name: string;
}

function counted() {
  let times = 0;
  const make = madeOnce((thing: Thing) => {
    times += 1;
    return thing.name.toUpperCase();
  });
  return { make, times: () => times };
}

test('it is made once for an object, and anew for a copy of it', () => {
  const { make, times } = counted();
  const thing = { name: 'a' };
  expect([make(thing), make(thing)]).toEqual(['A', 'A']);
  expect(times()).toBe(1);
  expect(make({ ...thing, name: 'b' })).toBe('B');
  expect(make({ ...thing })).toBe('A');
  expect(times()).toBe(3);
  expect(make(thing)).toBe('A');
  expect(times()).toBe(3);
});

test('two makers do not meet, no reader of members sees anything, and a frozen object is served too', () => {
  const first = counted();
  const length = madeOnce(({ name }: Thing) => name.length);
  const thing = { name: 'abc' };
  expect([first.make(thing), length(thing), first.make(thing)]).toEqual(['ABC', 3, 'ABC']);
  expect(JSON.stringify(thing)).toBe('{"name":"abc"}');
  expect(Object.keys(thing)).toEqual(['name']);
  const frozen = Object.freeze({ name: 'ice' });
  expect([first.make(frozen), first.make(frozen)]).toEqual(['ICE', 'ICE']);
});
