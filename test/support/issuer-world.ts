import { memoryApiKeyWithdrawal } from '../../functions/adapters/memory/api-key-withdrawal.ts';
import { memoryLastUse } from '../../functions/adapters/memory/last-use.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { memoryRevocationLog } from '../../functions/adapters/memory/revocation-log.ts';
import { memoryTokenBuckets } from '../../functions/adapters/memory/token-buckets.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { type ApiKey, apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { revocationKeepSeconds } from '../../functions/core/durations.ts';
import { publishedIssuerKeys } from '../../functions/core/keys/published-issuer-keys.ts';
import type { LastUses } from '../../functions/core/ports/last-use.ts';
import type { TokenBuckets } from '../../functions/core/ports/token-buckets.ts';
import {
  followRevocations,
  type RevocationFollower,
} from '../../functions/core/revocation/follow-revocations.ts';
import { followedKeys, followedLookup } from '../../functions/core/revocation/heed-changes.ts';
import type { LogEntry, LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import { revocationRecorder } from '../../functions/core/revocation/revocation-recorder.ts';
import type { AccessTokenClaims } from '../../functions/core/tokens/access-token.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { signWithRing } from '../../functions/core/tokens/ring-signer.ts';
import { introspectableAccessTokens } from '../../functions/endpoints/introspect/access-tokens.ts';
import { introspectableApiKeys } from '../../functions/endpoints/introspect/api-keys.ts';
import { introspectEndpoint } from '../../functions/endpoints/introspect/endpoint.ts';
import { revocableAccessTokens } from '../../functions/endpoints/revoke/access-tokens.ts';
import { revocableApiKeys } from '../../functions/endpoints/revoke/api-keys.ts';
import { revokeEndpoint } from '../../functions/endpoints/revoke/endpoint.ts';
import { forgeries } from './forged-tokens.ts';
import { publishedKeys } from './gate.ts';
import { ring } from './ring.ts';
import { type Answer, asked, type FormRequest, issuer, now, ordersClient } from './world.ts';

export const orders = 'https://orders.example.com';
const format = { prefix: 'kw', environment: 'live' };

/** What can be away, and when. */
export interface Outages {
  log: 'read' | 'write, before' | 'write, after' | undefined;
  clients: boolean;
  apiKeys: 'read' | 'write' | undefined;
  keys: boolean;
  ring: boolean;
  buckets: boolean;
  /** What somebody else does between the read of an API key and its withdrawal. */
  beforeWithdrawal?: () => Promise<unknown>;
}

export interface IssuerWorld {
  readonly audit: AuditEvent[];
  readonly clock: { seconds: number };
  readonly away: Outages;
  /** What was asked of the stores. */
  readonly asked: { keyReads: number; ringReads: number; logReads: number };
  readonly revocations: RevocationFollower;
  readonly lastUse: LastUses;
  /** Writes to the log, as somebody else would. */
  write(entry: LogEntry): Promise<void>;
  /** Everything that was written to the log. */
  entries(): Promise<readonly LoggedEntry[]>;
  revoke(request: FormRequest): Promise<Answer>;
  introspect(request: FormRequest): Promise<Answer>;
  /** A fresh API key, and its record. */
  apiKey(members?: Partial<ApiKey>): Promise<{ readonly key: string; readonly keyId: string }>;
  storedKey(keyId: string): Promise<ApiKey | undefined>;
  removeKey(keyId: string): Promise<boolean>;
}

export interface IssuerWorldOptions {
  readonly clients?: readonly Client[];
  readonly buckets?: TokenBuckets;
}

const limits = { accessTokenLifetimeMaxSeconds: 3_600, revocationPollSeconds: 5 };

/** The endpoints for revocation and introspection over stores in memory, a clock that the test sets, and outages. */
export function issuerWorld(options: IssuerWorldOptions = {}): IssuerWorld {
  const audit: AuditEvent[] = [];
  const clock = { seconds: now };
  const away: Outages = {
    ...{ log: undefined, clients: false, apiKeys: undefined },
    ...{ keys: false, ring: false, buckets: false },
  };
  const counts = { keyReads: 0, ringReads: 0, logReads: 0 };
  const log = memoryRevocationLog();
  let serial = 0;
  const unless = async <T>(isAway: boolean, call: () => Promise<T>): Promise<T> => {
    if (isAway) throw new TypeError('canary of a store');
    return call();
  };
  const ports = {
    issuer,
    clock: { now: () => clock.seconds },
    audit: { write: (event: AuditEvent) => void audit.push(event) },
  };
  const recorder = revocationRecorder({
    log: {
      async append(entry) {
        await unless(away.log === 'write, before', () => log.append(entry));
        await unless(away.log === 'write, after', async () => undefined);
      },
    },
    ...{ clock: ports.clock, randomness: systemRandomness },
    keepSeconds: revocationKeepSeconds(limits),
  });
  const revocations = followRevocations({
    log: {
      read(from, to) {
        counts.logReads += 1;
        return unless(away.log === 'read', () => log.read(from, to));
      },
    },
    pollSeconds: limits.revocationPollSeconds,
    maxStaleSeconds: 0,
    keepSeconds: revocationKeepSeconds(limits),
  });
  const clientStore = memoryRegistry(clientKind, options.clients ?? [ordersClient]);
  const clients = followedLookup(
    { find: (id) => unless(away.clients, () => clientStore.find(id)) },
    clientKind,
    revocations,
    { ttlSeconds: 60, clock: ports.clock },
  );
  const apiKeyStore = memoryRegistry(apiKeyKind);
  const apiKeys = {
    find: (id: string) => unless(away.apiKeys === 'read', () => apiKeyStore.find(id)),
  };
  const withdrawal = memoryApiKeyWithdrawal(apiKeyStore);
  const ownKeys = followedKeys(
    publishedIssuerKeys(
      {
        read: () =>
          unless(away.keys, async () => {
            counts.keyReads += 1;
            return { v: 1, generation: 1, revision: 1, keys: publishedKeys() };
          }),
      },
      60,
    ),
    revocations,
  );
  const buckets = options.buckets ?? memoryTokenBuckets();
  const own = { issuer, ...limits, ringHoldSeconds: 86_400, clockSkewSeconds: 30 };
  const lastUse = memoryLastUse();
  const caller = { clients, lastUse, revocations };

  return {
    audit,
    clock,
    away,
    asked: counts,
    revocations,
    lastUse,
    write: (entry) => {
      serial += 1;
      const at = clock.seconds;
      return log.append({ ...entry, at, serial: `${serial}`, expiresAt: at + 3_600 });
    },
    entries: () => log.read(now - 86_400, now + 86_400),
    revoke: asked(
      revokeEndpoint({
        ...{ ...ports, ...caller },
        tokens: [
          revocableApiKeys(
            format,
            apiKeys,
            {
              async withdraw(keyId, at) {
                await away.beforeWithdrawal?.();
                return unless(away.apiKeys === 'write', () => withdrawal.withdraw(keyId, at));
              },
            },
            recorder,
          ),
          revocableAccessTokens(own, ownKeys, recorder),
        ],
        buckets: {
          lease: (...args) => unless(away.buckets, () => buckets.lease(...args)),
        },
      }),
      '/oauth2/revoke',
    ),
    introspect: asked(
      introspectEndpoint({
        ...{ ...ports, ...caller, own, ownKeys },
        tokens: [
          introspectableApiKeys(issuer, format, apiKeys),
          introspectableAccessTokens(own, ownKeys),
        ],
        signingKeys: {
          current: () =>
            unless(away.ring, async () => {
              counts.ringReads += 1;
              return ring;
            }),
        },
      }),
      '/oauth2/introspect',
    ),
    async apiKey(members = {}) {
      const { key, ...minted } = mintApiKey(systemRandomness, format);
      await apiKeyStore.create({ ...someKey, ...minted, ...members });
      return { key, keyId: minted.keyId };
    },
    storedKey: (keyId) => apiKeyStore.find(keyId),
    removeKey: (keyId) => apiKeyStore.remove(keyId),
  };
}

const someKey = {
  ...{ name: 'Nightly', owner: ordersClient.clientId, scope: ['orders:read'] },
  ...{ resources: [orders], status: 'enabled' as const, addresses: [] },
  ...{ createdAt: now - 100, updatedAt: now - 100 },
};

/** The claims of an access token of the client of the tests. */
export const claims: AccessTokenClaims = {
  iss: issuer,
  sub: 'orders',
  client_id: 'orders',
  aud: orders,
  jti: 'jti-1',
  iat: now - 10,
  exp: now + 600,
  scope: 'orders:read',
};

/** An access token of the issuer of the tests. */
export function accessToken(
  changes: Readonly<Record<string, unknown>> = {},
  alg: Algorithm = 'RS256',
): string {
  return signWithRing(ring, alg, 'at+jwt', { ...claims, ...changes }).token;
}

/** What whoever revokes is told, whatever came of it (RFC 7009 §2.2); some clients cannot read an empty body. */
export const done = {
  status: 200,
  text: '{}',
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
} as const;

/** Tokens that are none of ours, or of nobody, whoever presents them where; what a carrier makes of them is not among it. */
export function forgedTokens(): readonly { readonly id: string; readonly token: string }[] {
  const notForged = ['wrong_audience', 'binding_mismatch', 'expired', 'not_yet_valid'];
  const carriers = ['multiple_credentials', 'unsupported_scheme', 'missing_credential'];
  const others = [...notForged, ...carriers];
  return forgeries('RS256')
    .filter((one) => one.expect.length > 0 && !one.expect.some((why) => others.includes(why)))
    .filter(({ authorization }) => authorization.startsWith('Bearer '))
    .map(({ id, authorization }) => ({ id, token: authorization.slice('Bearer '.length) }));
}
