import { expect, test } from 'vitest';
import { keptOnReturn } from '../../functions/core/kept-on-return.ts';

interface Thing {
  readonly name: string;
}

function counted() {
  let times = 0;
  const make = keptOnReturn((thing: Thing) => {
    times += 1;
    return thing.name.toUpperCase();
  });
  return { make, times: () => times };
}

test('it is kept of an object that comes back, and made anew for a copy of it', () => {
  const { make, times } = counted();
  const thing = { name: 'a' };
  expect([make(thing), make(thing), make(thing), make(thing)]).toEqual(['A', 'A', 'A', 'A']);
  expect(times()).toBe(2);
  expect(make({ ...thing, name: 'b' })).toBe('B');
  const copy = { ...thing, name: 'c' };
  expect([make(copy), make(copy), make(copy)]).toEqual(['C', 'C', 'C']);
  expect([make(thing), make(copy)]).toEqual(['A', 'C']);
});

test('two makers do not meet, no reader of members sees anything, and a frozen object is served too', () => {
  const first = counted();
  const length = keptOnReturn(({ name }: Thing) => name.length);
  const thing = { name: 'abc' };
  for (let i = 0; i < 3; i += 1) expect([first.make(thing), length(thing)]).toEqual(['ABC', 3]);
  expect(JSON.stringify(thing)).toBe('{"name":"abc"}');
  expect(Object.keys(thing)).toEqual(['name']);
  const frozen = Object.freeze({ name: 'ice' });
  expect([first.make(frozen), first.make(frozen)]).toEqual(['ICE', 'ICE']);
});
