import { randomBytes } from 'node:crypto';
import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import { authorized, distinct, type Events, restEvents, same } from '../decisions/events.ts';
import { handled } from '../decisions/operations.ts';
import type { DecisionWorld } from '../decisions/world.ts';
import { type Curve, type Step, step } from './curve.ts';
import { deployed, expectOutcome } from './deployed.ts';
import { newTokens, orders } from './streams.ts';

const warmingReads = 1_000;
const sizes = [0, 1, 10, 100, 1_000, 10_000, 100_000] as const;

/** Decisions from memory, while other tokens are revoked and would be good otherwise. */
export function revocationCurve(world: DecisionWorld): Curve {
  const fresh = newTokens(world);
  const token = `Bearer ${world.token('RS256')}`;
  return curveOf(world, async ({ environment, size, assertRevoked }) => {
    const jwt = await deployed(world, 'jwt-authorizer', { environment });
    const combined = await deployed(world, 'combined-authorizer', { environment });
    for (const handler of [jwt, combined]) await assertRevoked(handler);
    return [
      of('seen before', size, jwt, orders(same(token))),
      of('seen before, combined authorizer', size, combined, orders(same(token))),
      of('new', size, jwt, orders(distinct(fresh))),
    ];
  });
}

/**
 * Decisions for a route with strict revocation, each of which reads what the log has got since the last read. None of the
 * revocations is of the last minute: what is handed over again is what came within the overlap, whatever else is alive.
 */
export function logReadCurve(world: DecisionWorld): Curve {
  const admin = `Bearer ${world.token('RS256', { scope: 'orders:admin' })}`;
  return curveOf(world, async ({ environment, size, assertRevoked }) => {
    const jwt = await deployed(world, 'jwt-authorizer', { environment });
    await assertRevoked(jwt);
    const strict = restEvents('DELETE /orders/{id}', authorized(same(admin)));
    const reads = of('seen before, the log read each time', size, jwt, strict);
    // Whoever came first would be measured while the client of the table is still being compiled.
    await reads.run(warmingReads);
    return [{ ...reads, isReading: true }];
  });
}

interface Sized {
  readonly size: number;
  /** Names the log of that size. */
  readonly environment: Readonly<Record<string, string>>;
  /** A control: the last of the log is refused. */
  assertRevoked(handler: AuthorizerHandler): Promise<void>;
}

function curveOf(world: DecisionWorld, stepsOf: (sized: Sized) => Promise<readonly Step[]>): Curve {
  const now = Math.floor(Date.now() / 1_000);
  const tableOf = (size: number): string => `verification-${size}`;
  const logs = Object.fromEntries(sizes.map((size) => [tableOf(size), entries(size, now)]));
  const published = world.items.filter(({ table }) => table === 'verification');
  return {
    needs: {
      items: sizes.flatMap((size) => published.map((one) => ({ ...one, table: tableOf(size) }))),
      logs,
    },
    async steps() {
      const steps: Step[] = [];
      for (const size of sizes) {
        const revoked = logs[tableOf(size)]?.at(-1);
        const sized: Sized = {
          ...{ size, environment: { VERIFICATION_TABLE: tableOf(size) } },
          async assertRevoked(handler) {
            if (revoked === undefined) return;
            const bearer = `Bearer ${world.token('RS256', { jti: revoked.id })}`;
            await expectOutcome('a revoked token', handler, orders(same(bearer)), 'refused');
          },
        };
        steps.push(...(await stepsOf(sized)));
      }
      return steps;
    },
  };
}

function of(line: string, size: number, handler: AuthorizerHandler, events: Events): Step {
  return step(line, size, sizes[0], handled(line, '', handler, events));
}

/** Live token entries, spread over the hour that tokens live. */
function entries(count: number, now: number): readonly LoggedEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ kind: 'token', id: randomBytes(16).toString('base64url') },
    ...{ at: now - 60 - (i % 3_500), serial: randomBytes(9).toString('base64url') },
    expiresAt: now + 3_600,
  }));
}
