import { forged } from '../decisions/credentials.ts';
import { distinct, same } from '../decisions/events.ts';
import { handled } from '../decisions/operations.ts';
import type { DecisionWorld } from '../decisions/world.ts';
import { type Curve, type Step, step } from './curve.ts';
import { deployed, expectOutcome } from './deployed.ts';
import { keptMin, newTokens, orders, tokens } from './streams.ts';

const sizes = [1, 10, 100, 1_000, 2_000, 10_000] as const;

/**
 * Clients that call in turn with tokens of their own: each time with a new one, and with the same one again, which is in
 * memory as long as not more than 1,000 others came in between.
 */
export function clientCurve(world: DecisionWorld): Curve {
  return {
    needs: { items: world.items },
    async steps() {
      const steps: Step[] = [];
      const bad = forged(world.token('RS256'), world.token('RS256'));
      const stranger = orders(same(`Bearer ${bad}`));
      for (const size of sizes) {
        const own = tokens(world, size);
        const note = size > keptMin ? 'more than are kept' : '';
        const lines = [
          ['the same token of each client', 'jwt-authorizer', own, note],
          ['the same token of each client, combined authorizer', 'combined-authorizer', own, note],
          ['new tokens', 'jwt-authorizer', newTokens(world, size), ''],
        ] as const;
        for (const [line, bundle, texts, what] of lines) {
          // One each, or the tokens of one line would drive those of another out of memory.
          const handler = await deployed(world, bundle);
          await expectOutcome('a forged token', handler, stranger, 'refused');
          const events = orders(distinct(texts));
          const contender = handled(line, '', handler, events);
          // What is kept must be there before anything is measured.
          await contender.run(texts.length);
          steps.push(step(line, size, sizes[0], contender, what));
        }
      }
      return steps;
    },
  };
}
