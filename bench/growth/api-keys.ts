import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { ordersAudience } from '../../infra/demo/orders-routes.ts';
import { distinct, same } from '../decisions/events.ts';
import { handled } from '../decisions/operations.ts';
import { type StoredItem, stored } from '../decisions/table.ts';
import type { DecisionWorld } from '../decisions/world.ts';
import { type Curve, type Step, step } from './curve.ts';
import { deployed, expectOutcome } from './deployed.ts';
import { keptMin, orders } from './streams.ts';

const sizes = [10, 100, 1_000, 2_000, 10_000] as const;
const keysMax = 10_000;

/** API keys that call in turn, with their records in memory for a minute, at most 1,000 of them, and with none in memory. */
export function apiKeyCurve(world: DecisionWorld): Curve {
  const keys = Array.from({ length: keysMax }, (_, i) => mintedKey(i));
  return {
    needs: { items: [...world.items, ...keys.map(({ item }) => item)] },
    async steps() {
      const steps: Step[] = [];
      const unknown = orders(same(mintedKey(keysMax).authorization));
      const uncached = { environment: { CREDENTIAL_CACHE_SECONDS: '0' } };
      for (const size of sizes) {
        const texts = keys.slice(0, size).map(({ authorization }) => authorization);
        const lines = [
          ['records kept', 'api-key-authorizer', {}, size > keptMin],
          ['records kept, combined authorizer', 'combined-authorizer', {}, size > keptMin],
          ['no record kept', 'api-key-authorizer', uncached, true],
        ] as const;
        for (const [line, bundle, deployment, isReading] of lines) {
          const handler = await deployed(world, bundle, deployment);
          await expectOutcome('an unknown key', handler, unknown, 'refused');
          const contender = { ...handled(line, '', handler, orders(distinct(texts))), isReading };
          // That a key is used is noted once an hour: all of that comes before.
          await contender.run(size);
          steps.push(step(line, size, sizes[0], contender));
        }
      }
      return steps;
    },
  };
}

function mintedKey(number: number): { readonly authorization: string; readonly item: StoredItem } {
  const now = Math.floor(Date.now() / 1_000);
  const format = { prefix: 'kw', environment: 'live' };
  const { key, ...minted } = mintApiKey(systemRandomness, format);
  const item = stored(apiKeyKind, {
    ...minted,
    ...{ name: `Key ${number}`, owner: 'partner-reports', status: 'enabled', addresses: [] },
    ...{ scope: ['orders:read', 'reports:read'], resources: [ordersAudience] },
    ...{ createdAt: now, updatedAt: now },
  });
  return { authorization: `ApiKey ${key}`, item };
}
