import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { toEnv as adminEnv } from '../../functions/admin/config.ts';
import { toEnv as connectionsEnv } from '../../functions/connections/config.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintClientSecret } from '../../functions/core/clients/client-secret.ts';
import { defaults } from '../../functions/core/durations.ts';
import { type Algorithm, algorithms } from '../../functions/core/tokens/algorithm.ts';
import { toEnv as introspectEnv } from '../../functions/endpoints/introspect/config.ts';
import { toEnv as jwksEnv } from '../../functions/endpoints/jwks/config.ts';
import { toEnv as metadataEnv } from '../../functions/endpoints/metadata/config.ts';
import { toEnv as revokeEnv } from '../../functions/endpoints/revoke/config.ts';
import { toEnv as tokenEnv } from '../../functions/endpoints/token/config.ts';
import { toEnv as rotationEnv } from '../../functions/rotation/config.ts';
import { bundlesDirectory } from '../../infra/bundle.ts';
import { ordersAudience } from '../../infra/demo/orders-routes.ts';
import { ring } from '../../test/support/ring.ts';
import { fakeTable, stored } from '../decisions/table.ts';
import { type DecisionWorld, decisionWorld } from '../decisions/world.ts';

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

const ringSecret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:ring-AbCdEf';
const tables = { clientsTable: 'clients', verificationTable: 'verification' };

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

/** Of all functions but the authorizers, at the defaults of a deployment. */
function configuration(): Readonly<Record<string, string>> {
  const config = {
    ...{ ...defaults, ...tables, countersTable: 'counters', issuer: 'https://auth.example.com' },
    ringSecret,
    ...{ apiKeyPrefix: 'kw', apiKeyEnvironment: 'live', defaultResource: '' },
    ...{ retirementSeconds: 93_600, macRetirementSeconds: 93_600, publishedKeysMax: 10 },
    ...{ maxAgeSeconds: 300, contentType: 'application/jwk-set+json', scopesSupported: [] },
    ...{ connectionsTable: 'connections', stage: 'abcdefghij/live' },
    callbackUrl: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com/live',
  };
  return {
    ...{ ...tokenEnv(config), ...revokeEnv(config), ...introspectEnv(config) },
    ...{ ...jwksEnv(config), ...metadataEnv(config), ...connectionsEnv(config) },
    ...{ ...rotationEnv(config), ...adminEnv(config) },
  };
}
