import { toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { type BundledPolicy, toEnv } from '../../functions/authorizers/config.ts';
import {
  type CertificatePin,
  certificatePinKind,
} from '../../functions/core/certificates/certificate-pin.ts';
import {
  type CertificateRule,
  certificateRuleKind,
} from '../../functions/core/certificates/certificate-rule.ts';
import {
  type ClientCertificate,
  parseCertificate,
} from '../../functions/core/certificates/client-certificate.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';
import { hashPassword } from '../../functions/core/credentials/password-hash.ts';
import { digest } from '../../functions/core/digest.ts';
import { defaults } from '../../functions/core/durations.ts';
import { publishedKeysRecord } from '../../functions/core/keys/published-keys-record.ts';
import { compileRoutes } from '../../functions/core/routes/compile-routes.ts';
import { defineRoutes, type Routes, requires } from '../../functions/core/routes/route-policy.ts';
import type { AccessTokenClaims } from '../../functions/core/tokens/access-token.ts';
import { signAccessToken } from '../../functions/core/tokens/access-token-signer.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { ordersAudience, ordersRoutes } from '../../infra/demo/orders-routes.ts';
import { tierKeyValues } from '../../infra/tiers.ts';
import { certificateAuthority } from '../../test/support/certificates.ts';
import { ring } from '../../test/support/ring.ts';
import { awsEnvironment } from '../measure/aws-environment.ts';
import { apiKeyFormat, issuer, tables } from '../measure/configuration.ts';
import { type StoredItem, stored } from './table.ts';

const password = 'correct horse battery staple';

export type TableSize = 'demo' | 'large';

/** The deployment and the credentials that everything is measured with. */
export interface DecisionWorld {
  /** What an authorizer's function is told, at the defaults of a deployment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is bundled beside the code: the routes of the demo, four of which are in its policy, or twenty-five that all are. */
  readonly policies: Readonly<Record<TableSize, BundledPolicy>>;
  readonly items: readonly StoredItem[];
  readonly apiKey: string;
  readonly password: string;
  readonly passwordHash: string;
  readonly certificates: Readonly<Record<'pinned' | 'by rule', string>>;
  /** Another one at each call. @param changes to what it says */
  token(alg: Algorithm, changes?: Partial<AccessTokenClaims>): string;
}

/** The route table and the tiers of the demo, one good credential of each kind. */
export async function decisionWorld(): Promise<DecisionWorld> {
  const now = Math.floor(Date.now() / 1_000);
  const grantee = {
    owner: 'partner-reports',
    scope: ['orders:read', 'reports:read'],
    resources: [ordersAudience],
    status: 'enabled',
    addresses: [],
    createdAt: now,
    updatedAt: now,
  } as const;
  const { key, ...minted } = mintApiKey(systemRandomness, {
    prefix: apiKeyFormat.apiKeyPrefix,
    environment: apiKeyFormat.apiKeyEnvironment,
  });
  const phc = await hashPassword(password, systemRandomness.bytes(16));
  const authority = await certificateAuthority();
  const pinned = await authority.issue({ commonName: 'partner' });
  const dns = ['partner.example.com'];
  const byRule = await authority.issue({ commonName: 'partner', sans: { dns } });
  const pin: CertificatePin = {
    ...grantee,
    ...certificateFacts(read(pinned.certificatePem)),
    name: 'partner',
  };
  const rule: CertificateRule = {
    ...grantee,
    certificateId: 'dns:partner.example.com',
    name: 'partners',
    issuers: [{ spki: read(authority.certificatePem).spki, subject: 'CN=Test CA' }],
  };
  const user = (username: string) => ({ ...grantee, username, passwordSetAt: now });
  const generated = { kind: 'generated', hash: digest(password) } as const;
  let serial = 0;

  return {
    environment: {
      ...toEnv({
        ...{ ...defaults, ...tables, ...apiKeyFormat, issuer },
        ...{ audience: ordersAudience, connectionsTable: '' },
      }),
      ...awsEnvironment,
    },
    policies: { demo: policyOf(ordersRoutes), large: policyOf(collections()) },
    items: [
      publishedKeys(now),
      stored(apiKeyKind, { ...grantee, ...minted, name: 'Nightly report' }),
      stored(basicUserKind, { ...user('person'), secret: { kind: 'password', phc } }),
      stored(basicUserKind, { ...user('program'), secret: generated }),
      stored(certificatePinKind, pin),
      stored(certificateRuleKind, rule),
    ],
    apiKey: key,
    password,
    passwordHash: phc,
    certificates: { pinned: pinned.certificatePem, 'by rule': byRule.certificatePem },
    token(alg, changes = {}) {
      serial += 1;
      const { token } = signAccessToken(ring, alg, {
        iss: issuer,
        sub: 'c7f3a1d0b2',
        client_id: 'c7f3a1d0b2',
        aud: ordersAudience,
        iat: now,
        exp: now + defaults.accessTokenLifetimeMaxSeconds,
        jti: `${crypto.randomUUID()}-${serial}`,
        scope: 'orders:read orders:write',
        ...changes,
      });
      return token;
    },
  };
}

/** A route table as it is bundled, and the tiers. */
export function policyOf(routes: Routes): BundledPolicy {
  const { obstacles: _o, silentRefusal: _s, ...table } = compileRoutes(routes);
  const tiers = { default: { rateLimit: 10_000, burstLimit: 5_000 } };
  return { table, trustedIssuers: [], tiers: tierKeyValues('bench', tiers) };
}

/** Twenty-five routes. */
function collections(): Routes {
  const schemes = ['bearer', 'apikey'] as const;
  const routes = ['orders', 'invoices', 'customers', 'products', 'shipments'].flatMap((name) => {
    const reads = requires({ schemes, scopes: [`${name}:read`] });
    const writes = requires({ schemes, scopes: [`${name}:write`] });
    return [
      [`GET /${name}`, reads],
      [`POST /${name}`, writes],
      [`GET /${name}/{id}`, reads],
      [`PUT /${name}/{id}`, writes],
      [`DELETE /${name}/{id}`, writes],
    ] as const;
  });
  return defineRoutes(Object.fromEntries(routes));
}

function publishedKeys(now: number): StoredItem {
  const { v, generation, revision, doc } = publishedKeysRecord({
    ...{ v: 1, generation: 1, revision: 1 },
    keys: ring.keys.map((key) => ({ jwk: key.public, state: key.state, publishedAt: now })),
  });
  const item = toItem({ pk: 'JWKS', sk: 'CURRENT', v, generation, revision, doc });
  return { table: tables.verificationTable, pk: 'JWKS', item };
}

function read(pem: string): ClientCertificate {
  const certificate = parseCertificate(pem);
  if (!certificate.ok) throw new Error('a certificate that is none');
  return certificate.value;
}

function certificateFacts({ x5tS256, serialNumber, subject, notAfter, pem }: ClientCertificate) {
  return { certificateId: x5tS256, serialNumber, subject, notAfter, certificate: pem };
}
