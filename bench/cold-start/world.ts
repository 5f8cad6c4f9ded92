import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { BundledPolicy } from '../../functions/authorizers/config.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintClientSecret } from '../../functions/core/clients/client-secret.ts';
import { activeKey, ring } from '../../test/support/ring.ts';
import { type StoredItem, stored } from '../decisions/table.ts';
import { type DecisionWorld, decisionWorld } from '../decisions/world.ts';
import { configuration, ringSecret, tables } from '../measure/configuration.ts';
import { type PeerWorld, peerWorld } from '../peers/tokens.ts';

/** The deployment that everything is started in. */
export interface StartWorld {
  readonly decisions: DecisionWorld;
  /** Its tokens, and those that are refused. */
  readonly tokens: PeerWorld;
  readonly policy: BundledPolicy;
  /** What any of the functions is told, but for where AWS is. */
  readonly environment: Readonly<Record<string, string>>;
  readonly items: readonly StoredItem[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** That of the decisions, with a client, and the ring and the key set once more in the form that peers take. */
export async function startWorld(): Promise<StartWorld> {
  const decisions = await decisionWorld();
  const tokens = peerWorld(decisions);
  const { audience } = tokens;
  const now = Math.floor(Date.now() / 1_000);
  const { secret: clientSecret, record } = mintClientSecret(systemRandomness, now);
  const client: Client = {
    clientId: 'c7f3a1d0b2',
    name: 'Orders service',
    status: 'enabled',
    authenticationMethods: ['client_secret_basic', 'client_secret_post'],
    grantTypes: ['client_credentials'],
    scope: ['orders:read', 'orders:write'],
    defaultScope: ['orders:read', 'orders:write'],
    resources: [audience],
    defaultResource: audience,
    signingAlgorithm: 'RS256',
    introspects: [audience],
    secrets: [record],
    createdAt: now,
    updatedAt: now,
  };
  const { kid, private: jwk } = activeKey('RS256');
  const scope = client.scope.join(' ');
  const peerItem = (table: string, pk: string, members: Record<string, string>): StoredItem => ({
    ...{ table, pk },
    item: {
      pk: { S: pk },
      ...Object.fromEntries(Object.entries(members).map(([name, S]) => [name, { S }])),
    },
  });
  const { clientsTable, verificationTable } = tables;
  return {
    ...{ decisions, tokens, clientSecret, clientId: client.clientId },
    policy: decisions.policies.demo,
    environment: {
      ...configuration(),
      ...decisions.environment,
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      AWS_EC2_METADATA_DISABLED: 'true',
      TZ: ':UTC',
    },
    items: [
      ...decisions.items,
      stored(clientKind, client),
      peerItem(verificationTable, 'KEYS', { doc: JSON.stringify(tokens.keySet) }),
      peerItem(clientsTable, `PEER#${client.clientId}`, { hash: record.hash, scope }),
    ],
    secrets: { [ringSecret]: JSON.stringify(ring), key: JSON.stringify({ ...jwk, kid }) },
  };
}
