/**
 * What it costs to prove a route table at synth and to make a caller's policy of it at runtime, and how long those policies
 * are: `npm run bench:policy`. Callers hold random sets of what the routes demand.
 */
import {
  compileExactPolicy,
  largestPolicyBytes,
} from '../functions/core/routes/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../functions/core/routes/exact-policy/exact-policy.ts';
import { grantedTo, orders, ordinary, stageArn } from '../test/core/routes/exact-policy/tables.ts';
import { median } from './measure/statistics.ts';

const callers = 3_000;
const compilations = 30;
const tables = { 'the demo': orders, 'eight collections': ordinary };

const rows = Object.entries(tables).map(([name, table]) => {
  const compileMs = times(compilations, () => compileExactPolicy(table));
  const compiled = compileExactPolicy(table);
  const demands = [...new Set(table.flatMap(({ clauses }) => clauses.flat()))];
  const make = exactPolicy(compiled);
  const sizes: number[] = [];
  let denied = 0;
  const policyMs = Array.from({ length: callers }, () => {
    const share = Math.random();
    const granted = grantedTo(table, new Set(demands.filter(() => Math.random() < share)));
    const start = performance.now();
    const answer = make(granted, stageArn);
    const took = performance.now() - start;
    if (answer.isExact) sizes.push(JSON.stringify([answer.allow, answer.deny]).length);
    else denied += 1;
    return took;
  });
  return {
    table: name,
    routes: table.length,
    compileMs: median(compileMs).toFixed(2),
    policyUs: (median(policyMs) * 1_000).toFixed(1),
    medianBytes: median(sizes),
    largestBytes: largestPolicyBytes(compiled, stageArn.length),
    callers,
    withoutExactPolicy: denied,
  };
});
console.table(rows);

function times(count: number, run: () => unknown): readonly number[] {
  return Array.from({ length: count }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
}
