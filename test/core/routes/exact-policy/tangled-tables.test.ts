import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CompiledPolicy,
  compileExactPolicy,
  type ExactRoute,
  findCollisions,
  findSilentRefusal,
  largestPolicyBytes,
} from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../../../../functions/core/routes/exact-policy/exact-policy.ts';
import { fallbackAnswer } from '../../../../functions/core/routes/exact-policy/fallback-answer.ts';
import { matchesGlob } from '../../../../local/gateway/policy-evaluation.ts';
import { type ApiRequest, documentOf, isUncertain, judge, literalWinners } from './oracle.ts';
import { requestOf, requestSeed } from './requests.ts';
import { grantedTo, stageArn, tangledTable } from './tables.ts';

const seeds = fc.array(requestSeed, { minLength: 16, maxLength: 16 });
const grantSets = fc.array(fc.nat(511), { minLength: 4, maxLength: 4 });

/** The kinds of these requests, found on their characters and written as the compiled table writes them. */
function kindsOf(
  table: readonly ExactRoute[],
  { routes }: CompiledPolicy,
  requests: readonly ApiRequest[],
): ReadonlySet<string> {
  const kinds = new Set<string>();
  for (const request of requests) {
    const target = `${request.verb}${request.path}`;
    for (const winner of literalWinners(table, request)) {
      if (routes[winner]?.isOpen) continue;
      const others = routes.flatMap(({ glob, isOpen }, id) =>
        !isOpen && id !== winner && matchesGlob(glob, target) ? [id] : [],
      );
      kinds.add([winner, ...others].join());
    }
  }
  return kinds;
}

function pathsOf(words: readonly string[], depth: number): readonly string[] {
  if (depth === 0) return [];
  return words.flatMap((word) => [
    `/${word}`,
    ...pathsOf(words, depth - 1).map((rest) => `/${word}${rest}`),
  ]);
}

/** The routes whose bit is set, of those that the cached answer may grant. */
function grantableOf(table: readonly ExactRoute[], bits: number): ReadonlySet<number> {
  const ids = [...table.keys()].filter((id) => !table[id]?.isOpen && !table[id]?.isElsewhere);
  return new Set(ids.filter((id) => ((bits >> id) & 1) === 1));
}

function keysOf(table: readonly ExactRoute[], ids: Iterable<number>): ReadonlySet<string> {
  const wanted = new Set(ids);
  return new Set(table.filter((_, id) => wanted.has(id)).map(({ key }) => key));
}

/** A granted glob over a refused route over a granted one, of a table whose routes are independent. */
function isSandwiched(
  table: readonly ExactRoute[],
  compiled: CompiledPolicy,
  granted: ReadonlySet<number>,
): boolean {
  const held = keysOf(table, granted);
  return findCollisions(table, compiled).some(
    (one) => held.has(one.granted) && !held.has(one.refused) && held.has(one.alsoGranted),
  );
}

describe('for 2,000 tables of tangled routes', () => {
  test('a policy that is called exact is right for every request; it is called so unless routes collide', () => {
    fc.assert(
      fc.property(tangledTable('independent'), grantSets, seeds, (table, sets, seedsOfRequests) => {
        const compiled = compileExactPolicy(table);
        const answer = exactPolicy(compiled);
        const requests = seedsOfRequests.map((seed) => requestOf(table, seed));
        const wrongs = judge(table, requests);
        for (const bits of sets) {
          const granted = grantableOf(table, bits);
          // What is handed in may hold what nobody can grant.
          const made = answer(new Set([...granted, ...hopeless(table)]), stageArn);
          expect(made.isExact).toBe(!isSandwiched(table, compiled, granted));
          if (made.isExact) {
            expect(wrongs(granted, made)).toEqual([]);
            expect(JSON.stringify(documentOf(made)).length).toBeLessThanOrEqual(
              largestPolicyBytes(compiled, stageArn.length),
            );
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('every request is of a kind that was compiled', () => {
    fc.assert(
      fc.property(tangledTable('independent'), seeds, (table, seedsOfRequests) => {
        const compiled = compileExactPolicy(table);
        const requests = seedsOfRequests.map((seed) => requestOf(table, seed));
        const plain = requests.filter(({ path }) => !isUncertain(path));
        const known = new Set(compiled.classes.map((globs) => globs.join()));
        expect([...kindsOf(table, compiled, plain)].filter((kind) => !known.has(kind))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('the fallback opens the route that it is for, or nothing, and no refused one', () => {
    let asked = 0;
    fc.assert(
      fc.property(tangledTable('independent'), grantSets, seeds, (table, sets, seedsOfRequests) => {
        const compiled = compileExactPolicy(table);
        const requests = seedsOfRequests.map((seed) => requestOf(table, seed));
        const wrongs = judge(table, requests);
        for (const bits of sets) {
          const granted = grantableOf(table, bits);
          if (exactPolicy(compiled)(granted, stageArn).isExact) continue;
          for (const route of granted) {
            asked += 1;
            const made = fallbackAnswer(compiled, route, stageArn);
            const opened = made.allow.length > 0 ? [route] : [];
            expect(wrongs(new Set(opened), made)).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(asked).toBeGreaterThan(300);
  });
});

test('nothing is compiled that no request is: a class too many would take policies from callers', () => {
  const words = ['a', 'zz'];
  const requests = ['GET', 'POST', 'PURGE'].flatMap((verb) =>
    ['/', ...pathsOf(words, 7)].map((path) => ({ verb, path })),
  );
  fc.assert(
    fc.property(tangledTable('independent', { literals: ['a'], routesMax: 4 }), (table) => {
      const compiled = compileExactPolicy(table);
      const known = new Set(compiled.classes.map((globs) => globs.join()));
      expect(known).toEqual(kindsOf(table, compiled, requests));
    }),
    { numRuns: 150 },
  );
});

test('a collision, and a refusal by silence, is reported exactly if some caller can come upon it', () => {
  const alternatives = ['p', 'q', 'r'];
  const everyHolding = [...Array(8).keys()].map(
    (bits) => new Set(alternatives.filter((_, index) => ((bits >> index) & 1) === 1)),
  );
  const clauses = fc.array(fc.subarray(alternatives), { maxLength: 2 });
  fc.assert(
    fc.property(tangledTable(clauses), seeds, (table, seedsOfRequests) => {
      const compiled = compileExactPolicy(table);
      const untied = table.map((route) => ({ ...route, clauses: [[route.key]] }));
      const holdings = everyHolding.map((held) => keysOf(table, grantedTo(table, held)));
      const isMet = (granted: readonly string[], refused: string) =>
        holdings.some((held) => granted.every((key) => held.has(key)) && !held.has(refused));
      expect(findCollisions(table, compiled)).toEqual(
        findCollisions(untied, compiled).filter((one) =>
          isMet([one.granted, one.alsoGranted], one.refused),
        ),
      );
      const asked = table.filter(({ isOpen }) => !isOpen);
      const isPartial = holdings.some(
        (held) => held.size > 0 && asked.some(({ key }) => !held.has(key)),
      );
      expect(findSilentRefusal(table) !== undefined).toBe(isPartial);
      const wrongs = judge(
        table,
        seedsOfRequests.map((seed) => requestOf(table, seed)),
      );
      const areAllExact = everyHolding.every((held) => {
        const granted = grantedTo(table, held);
        const made = exactPolicy(compiled)(granted, stageArn);
        // What is never denied because everybody has both routes must be right for those who exist.
        if (made.isExact) expect(wrongs(granted, made)).toEqual([]);
        return made.isExact;
      });
      expect(areAllExact).toBe(findCollisions(table, compiled).length === 0);
    }),
    { numRuns: 600 },
  );
});

/** Everything that is not the cached answer's to grant. */
function hopeless(table: readonly ExactRoute[]): readonly number[] {
  return [...table.keys()].filter((id) => table[id]?.isOpen || table[id]?.isElsewhere);
}
