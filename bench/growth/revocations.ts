import { randomBytes } from 'node:crypto';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import { distinct, restEvents, same } from '../decisions/events.ts';
import { handled } from '../decisions/operations.ts';
import type { DecisionWorld } from '../decisions/world.ts';
import { type Curve, type Step, step } from './curve.ts';
import { deployed, expectOutcome } from './deployed.ts';
import { newTokens } from './streams.ts';

const sizes = [0, 1, 10, 100, 1_000, 10_000, 100_000] as const;

/**
 * Tokens that were revoked and would be good otherwise. None in the last minute: what a poll hands over again is what came
 * within its overlap, whatever else is alive.
 */
export function revocationCurve(world: DecisionWorld): Curve {
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
      const token = `Bearer ${world.token('RS256')}`;
      const admin = `Bearer ${world.token('RS256', { scope: 'orders:admin' })}`;
      const fresh = newTokens(world);
      for (const size of sizes) {
        const environment = { VERIFICATION_TABLE: tableOf(size) };
        const jwt = await deployed(world, 'jwt-authorizer', { environment });
        const combined = await deployed(world, 'combined-authorizer', { environment });
        const orders = (next: () => string) =>
          restEvents('GET /orders', () => ({ authorization: next() }));
        const revoked = logs[tableOf(size)]?.at(-1);
        if (revoked !== undefined) {
          const bearer = `Bearer ${world.token('RS256', { jti: revoked.id })}`;
          for (const handler of [jwt, combined]) {
            await expectOutcome('a revoked token', handler, orders(same(bearer)), 'refused');
          }
        }
        const seen = same(token);
        const strict = restEvents('DELETE /orders/{id}', () => ({ authorization: admin }));
        const of = (line: string, ...[handler, events]: readonly [typeof jwt, typeof strict]) =>
          step(line, size, sizes[0], handled(line, '', handler, events));
        steps.push(
          of('seen before', jwt, orders(seen)),
          of('seen before, combined authorizer', combined, orders(seen)),
          of('new', jwt, orders(distinct(fresh))),
          { ...of('seen before, the log read each time', jwt, strict), isReading: true },
        );
      }
      return steps;
    },
  };
}

/** Live token entries, spread over the hour that tokens live. */
function entries(count: number, now: number): readonly LoggedEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ kind: 'token', id: randomBytes(16).toString('base64url') },
    ...{ at: now - 60 - (i % 3_500), serial: randomBytes(9).toString('base64url') },
    expiresAt: now + 3_600,
  }));
}
