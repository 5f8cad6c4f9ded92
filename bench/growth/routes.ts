import { defineRoutes, type Routes, requires } from '../../functions/core/routes/route-policy.ts';
import { authorized, distinct, httpEvents, restEvents, same } from '../decisions/events.ts';
import { handled } from '../decisions/operations.ts';
import { type DecisionWorld, policyOf } from '../decisions/world.ts';
import { type Curve, type Step, step } from './curve.ts';
import { deployed, expectOutcome } from './deployed.ts';
import { newTokens } from './streams.ts';

const sizes = [1, 10, 40, 100, 300] as const;

/**
 * Routes of an API, half of which the caller may use. It asks for the last of these. A REST API gets one policy for all
 * routes as long as the largest that anybody may get fits into an answer, which is up to some forty routes; above that, and
 * on an HTTP API always, the answer is for the route.
 */
export function routeCurve(world: DecisionWorld): Curve {
  return {
    needs: { items: world.items },
    async steps() {
      const steps: Step[] = [];
      const seen = same(`Bearer ${world.token('RS256')}`);
      const fresh = newTokens(world);
      for (const size of sizes) {
        const routes = collections(size);
        const policy = policyOf(routes);
        const granted = Object.keys(routes).filter((key) => key.includes(' /open'));
        const route = granted.at(-1) ?? '';
        const refused = Object.keys(routes).find((key) => !granted.includes(key));
        const whole = policy.table.policy === undefined ? 'of the route' : 'of the API';
        const lines = [
          ['REST, seen before', restEvents(route, authorized(seen)), whole],
          ['REST, new', restEvents(route, authorized(distinct(fresh))), whole],
          ['HTTP, seen before', httpEvents(route, authorized(seen)), 'of the route'],
          ['HTTP, new', httpEvents(route, authorized(distinct(fresh))), 'of the route'],
        ] as const;
        for (const [line, events, answer] of lines) {
          // One each: a token that is new to one line must not have been seen by another.
          const handler = await deployed(world, 'jwt-authorizer', { policy });
          await expectOutcome('the route', handler, events, 'allowed');
          if (refused !== undefined) {
            const make = line.startsWith('REST') ? restEvents : httpEvents;
            const other = make(refused, authorized(seen));
            await expectOutcome('a route that is not granted', handler, other, 'refused');
          }
          const contender = handled(line, '', handler, events);
          steps.push(step(line, size, sizes[0], contender, `answer ${answer}`));
        }
      }
      return steps;
    },
  };
}

/** So many routes: collections of five, every other one of which takes the scope that the tokens have. */
function collections(count: number): Routes {
  const routes = Array.from({ length: Math.ceil(count / 5) }, (_, i) => {
    const isOpen = i % 2 === 0;
    const name = `${isOpen ? 'open' : 'shut'}${i}`;
    const of = (access: string) =>
      requires({ schemes: ['bearer'], scopes: [`${isOpen ? 'orders' : name}:${access}`] });
    return [
      [`GET /${name}`, of('read')],
      [`POST /${name}`, of('write')],
      [`GET /${name}/{id}`, of('read')],
      [`PUT /${name}/{id}`, of('write')],
      [`DELETE /${name}/{id}`, of('write')],
    ] as const;
  });
  return defineRoutes(Object.fromEntries(routes.flat().slice(0, count)));
}
