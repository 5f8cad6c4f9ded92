import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { BundledPolicy } from '../../functions/authorizers/config.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintClientSecret } from '../../functions/core/clients/client-secret.ts';
import { defaults, keyRetirementSeconds } from '../../functions/core/durations.ts';
import { toEnv as introspectEnv } from '../../functions/endpoints/introspect/config.ts';
import { toEnv as jwksEnv } from '../../functions/endpoints/jwks/config.ts';
import { toEnv as metadataEnv } from '../../functions/endpoints/metadata/config.ts';
import { toEnv as revokeEnv } from '../../functions/endpoints/revoke/config.ts';
import { toEnv as tokenEnv } from '../../functions/endpoints/token/config.ts';
import { ring } from '../../test/support/ring.ts';
import { type StoredItem, stored } from '../decisions/table.ts';
import { type DecisionWorld, decisionWorld } from '../decisions/world.ts';
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
  const { issuer, audience } = tokens;
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
  const scope = client.scope.join(' ');
  const peerItem = (table: string, pk: string, members: Record<string, string>): StoredItem => ({
    ...{ table, pk },
    item: {
      pk: { S: pk },
      ...Object.fromEntries(Object.entries(members).map(([name, S]) => [name, { S }])),
    },
  });
  const { environment } = decisions;
  const { CLIENTS_TABLE: clientsTable = '', VERIFICATION_TABLE: verificationTable = '' } =
    environment;
  return {
    ...{ decisions, tokens, clientSecret, clientId: client.clientId },
    policy: decisions.policies.demo,
    environment: {
      ...environmentOfEndpoints(issuer, environment),
      ...environment,
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
    secrets: { ring: JSON.stringify(ring), key: JSON.stringify(signingKey()) },
  };
}

function environmentOfEndpoints(
  issuer: string,
  {
    CLIENTS_TABLE: clientsTable = '',
    VERIFICATION_TABLE: verificationTable = '',
    COUNTERS_TABLE: countersTable = '',
    API_KEY_PREFIX: apiKeyPrefix = '',
    API_KEY_ENVIRONMENT: apiKeyEnvironment = '',
  }: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const told = {
    ...defaults,
    ...{ issuer, clientsTable, verificationTable, countersTable, apiKeyPrefix, apiKeyEnvironment },
    ringSecret: 'ring',
    keyRetirementSeconds: keyRetirementSeconds(defaults),
    maxAgeSeconds: defaults.publicDocumentMaxAgeSeconds,
    contentType: 'application/jwk-set+json',
    scopesSupported: ['orders:read', 'orders:write'],
  };
  return {
    ...tokenEnv(told),
    ...introspectEnv(told),
    ...revokeEnv(told),
    ...jwksEnv(told),
    ...metadataEnv(told),
  };
}

function signingKey(): object {
  const key = ring.keys.find(({ alg, state }) => alg === 'RS256' && state === 'active');
  if (key?.state !== 'active') throw new Error('no active RS256 key');
  return { ...key.private, kid: key.kid };
}
