import { defineRoutes, requires } from '../../functions/core/routes/route-policy.ts';
import { authorized, distinct, restEvents, same } from '../decisions/events.ts';
import { handled } from '../decisions/operations.ts';
import { type DecisionWorld, policyOf } from '../decisions/world.ts';
import { type Curve, type Step, step } from './curve.ts';
import { deployed, expectOutcome } from './deployed.ts';

const sizes = [1, 10, 100, 1_000] as const;
const routeCount = 40;

/**
 * Callers of one REST API who may use different routes of it, and so need different policies. Each comes in turn with a token
 * that was seen before.
 */
export function grantCurve(world: DecisionWorld): Curve {
  return {
    needs: { items: world.items },
    async steps() {
      const steps: Step[] = [];
      const names = Array.from({ length: routeCount }, (_, i) => `things${i}`);
      const policy = policyOf(
        defineRoutes(
          Object.fromEntries(
            names.map((name) => [
              `GET /${name}`,
              requires({ schemes: ['bearer'], scopes: [`${name}:read`] }),
            ]),
          ),
        ),
      );
      for (const size of sizes) {
        const bearers = Array.from({ length: size }, (_, i) => {
          // The first route, and half of the others: which ones, the digits of the number say.
          const scope = names.filter((_name, at) => at === 0 || isGranted(i, at));
          const said = scope.map((name) => `${name}:read`).join(' ');
          return `Bearer ${world.token('RS256', { scope: said })}`;
        });
        const handler = await deployed(world, 'jwt-authorizer', { policy });
        const ask = (route: string, next: () => string) =>
          restEvents(`GET /${route}`, authorized(next));
        const refused = names.find((_name, at) => at > 0 && !isGranted(0, at)) ?? '';
        const stranger = ask(refused, same(bearers[0] ?? ''));
        await expectOutcome('a route that is not granted', handler, stranger, 'refused');
        const line = 'seen before, 20 of 40 routes granted';
        const events = ask(names[0] ?? '', distinct(bearers));
        await expectOutcome('the first route', handler, events, 'allowed');
        const contender = handled(line, '', handler, events);
        // What is kept must be there before anything is measured.
        await contender.run(size);
        steps.push(step(line, size, sizes[0], contender));
      }
      return steps;
    },
  };
}

/** Ten pairs of routes stand for the binary digits of a caller's number, the rest are every other one. */
function isGranted(caller: number, at: number): boolean {
  const digit = Math.floor(at / 2);
  const isSet = digit < 10 ? (caller >> digit) & 1 : 0;
  return at % 2 === isSet;
}
