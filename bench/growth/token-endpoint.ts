import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintClientId, mintClientSecret } from '../../functions/core/clients/client-secret.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { path } from '../../functions/endpoints/token/config.ts';
import { ordersAudience } from '../../infra/demo/orders-routes.ts';
import { httpEvent } from '../../test/support/events/http-endpoint.ts';
import { ring } from '../../test/support/ring.ts';
import { basic } from '../decisions/credentials.ts';
import { distinct, same } from '../decisions/events.ts';
import { asynchronous } from '../decisions/operations.ts';
import { type StoredItem, stored } from '../decisions/table.ts';
import type { DecisionWorld } from '../decisions/world.ts';
import type { TokenHandler } from '../issuing/handlers.ts';
import { configuration } from '../measure/configuration.ts';
import { type Curve, type Step, step } from './curve.ts';
import { deployed } from './deployed.ts';
import { keptMin } from './streams.ts';

const sizes = [1, 10, 100, 1_000, 2_000, 10_000] as const;
const clientsMax = 10_000;
const signatures: readonly Algorithm[] = ['ES256', 'RS256'];

/** Clients that ask for tokens in turn, with client credentials; at most 1,000 of their records are in memory. */
export function tokenCurve(world: DecisionWorld): Curve {
  const clients = Object.fromEntries(
    signatures.map((alg) => [alg, Array.from({ length: clientsMax }, () => mintedClient(alg))]),
  );
  const all = Object.values(clients).flat();
  return {
    needs: {
      items: [...world.items, ...all.map(({ item }) => item)],
      secret: JSON.stringify(ring),
    },
    async steps() {
      const steps: Step[] = [];
      for (const size of sizes) {
        for (const alg of signatures) {
          const handler = await deployed<TokenHandler>(world, 'token', {
            environment: configuration(),
          });
          await expectStatus(handler, same(mintedClient(alg).authorization), 401);
          const texts = clients[alg]?.slice(0, size).map(({ authorization }) => authorization);
          const next = distinct(texts ?? []);
          const ask = () => expectStatus(handler, next, 200);
          const flags = { isLogging: true, isReading: size > keptMin };
          const contender = { ...asynchronous(alg, alg, ask), ...flags };
          // That a secret is used is noted once an hour: all of that comes before.
          await contender.run(size);
          steps.push(step(`signed with ${alg}`, size, sizes[0], contender));
        }
      }
      return steps;
    },
  };
}

async function expectStatus(
  handler: TokenHandler,
  next: () => string,
  expected: number,
): Promise<void> {
  const { statusCode, body } = await handler(
    httpEvent({
      ...{ method: 'POST', path },
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: next() },
      body: 'grant_type=client_credentials&scope=orders%3Aread',
    }),
  );
  if (statusCode !== expected) throw new Error(`a token endpoint: ${statusCode} ${body}`);
}

function mintedClient(alg: Algorithm): {
  readonly authorization: string;
  readonly item: StoredItem;
} {
  const now = Math.floor(Date.now() / 1_000);
  const clientId = mintClientId(systemRandomness);
  const { secret, record } = mintClientSecret(systemRandomness, now);
  const client: Client = {
    ...{ clientId, name: 'client', status: 'enabled', signingAlgorithm: alg },
    ...{ authenticationMethods: ['client_secret_basic'], grantTypes: ['client_credentials'] },
    ...{ scope: ['orders:read', 'orders:write'], defaultScope: ['orders:read'] },
    ...{ resources: [ordersAudience], defaultResource: ordersAudience },
    ...{ secrets: [record], createdAt: now, updatedAt: now },
  };
  return { authorization: basic(clientId, secret), item: stored(clientKind, client) };
}
