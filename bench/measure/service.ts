import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintClientSecret } from '../../functions/core/clients/client-secret.ts';
import { type Algorithm, algorithms } from '../../functions/core/tokens/algorithm.ts';
import { bundlesDirectory } from '../../infra/bundle.ts';
import { ordersAudience } from '../../infra/demo/orders-routes.ts';
import { ring } from '../../test/support/ring.ts';
import { fakeTable, stored } from '../decisions/table.ts';
import { type DecisionWorld, decisionWorld } from '../decisions/world.ts';
import { configuration, ringSecret } from './configuration.ts';

/** Everything that is deployed, as bundles, and what they ask for on loopback. */
export interface Service {
  readonly decisions: DecisionWorld;
  /** What the function of a bundle is told at the defaults of a deployment, and where the stores are. */
  readonly environmentOf: (bundle: string) => Readonly<Record<string, string>>;
  /** A client that signs with it; each may introspect. */
  readonly clientIds: Readonly<Record<Algorithm, string>>;
  /** The one of both. */
  readonly clientSecret: string;
  /** A function's code as it is deployed: the bundle, and for authorizers the routes of the demo beside it. */
  readonly fileOf: (bundle: string) => string;
  stop(): void;
}

/** The tokens of the decisions are those of the first. */
const clientIds = { RS256: 'c7f3a1d0b2', ES256: 'c7f3a1d0b3' };

/** The bundles must be there. */
export async function service(): Promise<Service> {
  const decisions = await decisionWorld();
  const now = Math.floor(Date.now() / 1_000);
  const { secret, record } = mintClientSecret(systemRandomness, now);
  const clients = algorithms.map(
    (alg): Client => ({
      ...{ clientId: clientIds[alg], name: 'Nightly report', status: 'enabled' },
      authenticationMethods: ['client_secret_basic'],
      grantTypes: ['client_credentials'],
      scope: ['orders:read', 'orders:write'],
      defaultScope: ['orders:read'],
      ...{ resources: [ordersAudience], defaultResource: ordersAudience },
      ...{ signingAlgorithm: alg, introspects: [ordersAudience], secrets: [record] },
      ...{ createdAt: now, updatedAt: now },
    }),
  );
  const table = await fakeTable();
  table.put([...decisions.items, ...clients.map((client) => stored(clientKind, client))]);
  // Two endpoints, as there are: a connection to one is none to the other.
  const secrets = await fakeTable();
  secrets.putSecret(ringSecret, JSON.stringify(ring));
  const folder = mkdtempSync(join(tmpdir(), 'keyward-service-'));
  return {
    decisions,
    environmentOf: (bundle) => ({
      ...decisions.environment,
      ...(bundle.endsWith('-authorizer') ? {} : configuration()),
      ...{ AWS_ENDPOINT_URL: table.url, AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url },
      ...{ AWS_EC2_METADATA_DISABLED: 'true', TZ: ':UTC', PATH: process.env.PATH ?? '' },
    }),
    clientIds,
    clientSecret: secret,
    fileOf(bundle) {
      const file = join(folder, bundle, 'index.mjs');
      mkdirSync(join(folder, bundle), { recursive: true });
      copyFileSync(join(bundlesDirectory, bundle, 'index.mjs'), file);
      writeFileSync(join(folder, bundle, 'policy.json'), JSON.stringify(decisions.policies.demo));
      return file;
    },
    stop() {
      table.stop();
      secrets.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
