import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintClientId } from '../../functions/core/clients/client-secret.ts';
import { digest } from '../../functions/core/digest.ts';
import type { KeyRing } from '../../functions/core/keys/key-ring.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { ring } from '../../test/support/ring.ts';
import { type StoredItem, stored } from '../decisions/table.ts';
import { awsEnvironment } from '../measure/aws-environment.ts';
import { configuration, issuer } from '../measure/configuration.ts';

/** Who issues, to whom and what, the same for everybody; it goes from process to process as JSON. */
export interface IssuingWorld {
  readonly issuer: string;
  readonly audience: string;
  readonly scope: readonly string[];
  readonly lifetimeSeconds: number;
  readonly clients: Readonly<Record<Algorithm, Client>>;
  /** The one of both clients. */
  readonly clientSecret: string;
  readonly ring: KeyRing;
}

/** A client for each algorithm, with a secret of 43 characters, and keys that were drawn for this run. */
export function issuingWorld(): IssuingWorld {
  const clientSecret = Buffer.from(systemRandomness.bytes(32)).toString('base64url');
  const audience = 'https://orders.example.com';
  const scope = ['orders:read', 'orders:write', 'reports:read'];
  const lifetimeSeconds = 3_600;
  const createdAt = Math.floor(Date.now() / 1_000) - 100;
  const client = (signingAlgorithm: Algorithm): Client => ({
    clientId: mintClientId(systemRandomness),
    name: 'Nightly report',
    status: 'enabled',
    authenticationMethods: ['client_secret_basic', 'client_secret_post'],
    grantTypes: ['client_credentials'],
    ...{ scope, defaultScope: scope, resources: [audience], defaultResource: audience },
    accessTokenLifetimeSeconds: lifetimeSeconds,
    signingAlgorithm,
    secrets: [
      { id: 's1', hash: digest(clientSecret), hint: clientSecret.slice(-4), ...{ createdAt } },
    ],
    ...{ createdAt, updatedAt: createdAt },
  });
  return {
    ...{ issuer, audience, scope, lifetimeSeconds, clientSecret, ring },
    clients: { RS256: client('RS256'), ES256: client('ES256') },
  };
}

/** What the tables hold. */
export function storedItems({ clients }: IssuingWorld): readonly StoredItem[] {
  return Object.values(clients).map((client) => stored(clientKind, client));
}

/** What the token function is told, at the defaults of a deployment. */
export const tokenEnvironment: Readonly<Record<string, string>> = {
  ...configuration(),
  ...awsEnvironment,
};

/** A request for a token, its secret in the body. */
export type TokenForm = Record<'grant_type' | 'client_id' | 'client_secret' | 'scope', string>;

/** Which client asks for what, as a form: the secret is in the body. */
export function tokenForm(world: IssuingWorld, alg: Algorithm): TokenForm {
  return {
    grant_type: 'client_credentials',
    client_id: world.clients[alg].clientId,
    client_secret: world.clientSecret,
    scope: world.scope.join(' '),
  };
}
