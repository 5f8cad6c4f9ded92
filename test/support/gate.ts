import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { memoryRevocationLog } from '../../functions/adapters/memory/revocation-log.ts';
import { memoryTokenBuckets } from '../../functions/adapters/memory/token-buckets.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { jwtAuthenticator } from '../../functions/authorizers/jwt/authenticate.ts';
import { issuerRules } from '../../functions/authorizers/jwt/issuers.ts';
import type { Authenticator } from '../../functions/authorizers/scheme.ts';
import { type AuthorizerHandler, serve } from '../../functions/authorizers/serve.ts';
import type { AccessDecided, AuditEvent } from '../../functions/core/audit.ts';
import { revocationKeepSeconds } from '../../functions/core/durations.ts';
import { publishedIssuerKeys } from '../../functions/core/keys/published-issuer-keys.ts';
import type { PublishedKey, PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import type { ConnectionWriter } from '../../functions/core/ports/connections.ts';
import type { KeySetSource } from '../../functions/core/ports/key-set-source.ts';
import type { RevocationWriter } from '../../functions/core/ports/revocation-log.ts';
import type { TokenBuckets } from '../../functions/core/ports/token-buckets.ts';
import { followRevocations } from '../../functions/core/revocation/follow-revocations.ts';
import { followedKeys } from '../../functions/core/revocation/heed-changes.ts';
import type { LogEntry } from '../../functions/core/revocation/log-entry.ts';
import { type CompileOptions, compileRoutes } from '../../functions/core/routes/compile-routes.ts';
import { type Routes, requires } from '../../functions/core/routes/route-policy.ts';
import type { TrustedIssuer } from '../../functions/core/tokens/trusted-issuer.ts';
import { verifiedTokenCache } from '../../functions/core/tokens/verified-token-cache.ts';
import type { SimpleAnswer } from '../../functions/gateway/http-authorizer.ts';
import type { RestAuthorizerEvent } from '../../functions/gateway/rest-authorizer.ts';
import { httpAuthorizerEvent, restAuthorizerEvent } from './events/authorizer.ts';
import { logWriter } from './log-writer.ts';
import { ring } from './ring.ts';

export const issuer = 'https://auth.example.com';
export const audience = 'https://orders.example.com';
export const now = 1_800_000_000;
export const ringHoldSeconds = 86_400;

export interface GateOptions {
  readonly routes?: Routes;
  readonly trustedIssuers?: readonly TrustedIssuer[];
  readonly source?: KeySetSource;
  /** Beside the one for JWTs. */
  readonly authenticators?: readonly Authenticator[];
  /** @default new ones */
  readonly buckets?: TokenBuckets;
  readonly tiers?: Readonly<Record<string, string>>;
  readonly compile?: CompileOptions;
  /** @default nobody closes connections */
  readonly connections?: ConnectionWriter;
}

export interface Gate {
  /** Any event, as Lambda would hand it over. */
  readonly handle: AuthorizerHandler;
  readonly clock: { seconds: number };
  /** What the Verification table holds; `undefined` is an outage. */
  readonly table: { keys: readonly PublishedKey[] | undefined; reads: number };
  readonly fetches: string[];
  /** The revocation log: its writer, and how often it was read. */
  readonly revocations: RevocationWriter & {
    record(entry: LogEntry): Promise<void>;
    reads: number;
    isAway: boolean;
  };
  readonly audit: AuditEvent[];
  /** The record of the last decision. */
  last(): AccessDecided;
  rest(
    authorization: string | readonly string[] | undefined,
    route?: string,
    changes?: Partial<RestAuthorizerEvent>,
  ): Promise<RestOutcome>;
  http(
    authorization: string | undefined,
    route?: string,
    changes?: Partial<APIGatewayRequestAuthorizerEventV2>,
  ): Promise<SimpleAnswer | { readonly threw: string }>;
}

export interface RestOutcome {
  /** Message of the error, which decides the status at the gateway. */
  readonly threw?: string;
  readonly effect?: string | undefined;
  readonly resource?: unknown;
  readonly principalId?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The JWT authorizer behind both of its surfaces, over a table in memory and a clock that the test sets. */
export function gate(options: GateOptions = {}): Gate {
  const clock = { seconds: now };
  const table: Gate['table'] = { keys: publishedKeys(), reads: 0 };
  const audit: AuditEvent[] = [];
  const fetches: string[] = [];
  const published = {
    read: async (): Promise<PublishedKeySet> => {
      table.reads += 1;
      if (table.keys === undefined) throw new Error('the table is away');
      return { v: 1, generation: 1, revision: 1, keys: table.keys };
    },
  };
  const source: KeySetSource = {
    fetch: (uri) => {
      fetches.push(uri);
      return options.source?.fetch(uri) ?? Promise.reject(new Error('nobody is trusted'));
    },
  };
  const config = {
    issuer,
    audience,
    verificationTable: 'v',
    clockSkewSeconds: 30,
    accessTokenLifetimeMaxSeconds: 3_600,
    ringHoldSeconds,
    publishedKeysCacheSeconds: 60,
    clientsTable: 'c',
    countersTable: 'n',
    connectionsTable: '',
    credentialCacheSeconds: 5,
    revocationPollSeconds: 5,
    revocationMaxStaleSeconds: 60,
    apiKeyPrefix: 'kw',
    apiKeyEnvironment: 'live',
  };
  const routes = options.routes ?? { 'GET /orders/{id}': requires({ schemes: ['bearer'] }) };
  const log = memoryRevocationLog();
  const follower = followRevocations({
    log: {
      read: async (from, to) => {
        revocations.reads += 1;
        if (revocations.isAway) throw new Error('the log is away');
        return log.read(from, to);
      },
    },
    pollSeconds: config.revocationPollSeconds,
    maxStaleSeconds: config.revocationMaxStaleSeconds,
    keepSeconds: revocationKeepSeconds(config),
  });
  const revocations: Gate['revocations'] = {
    reads: 0,
    isAway: false,
    append: (entry) => log.append(entry),
    record: logWriter(log, clock, revocationKeepSeconds(config)),
  };
  const handle: AuthorizerHandler = serve(
    {
      authenticators: [
        jwtAuthenticator({
          issuers: issuerRules(
            config,
            followedKeys(publishedIssuerKeys(published, 60), follower),
            options.trustedIssuers ?? [],
            source,
          ),
          cache: verifiedTokenCache(),
        }),
        ...(options.authenticators ?? []),
      ],
      revocations: follower,
      buckets: options.buckets ?? memoryTokenBuckets(),
      connections: options.connections,
      audience,
      clock: { now: () => clock.seconds },
      randomness: systemRandomness,
      audit: { write: (event) => audit.push(event) },
      stopwatch: () => 0,
    },
    {
      table: compileRoutes(routes, options.compile ?? {}),
      trustedIssuers: [],
      tiers: options.tiers ?? {},
    },
  );
  const [firstRoute = ''] = Object.keys(routes);

  return {
    handle,
    clock,
    table,
    fetches,
    revocations,
    audit,
    last() {
      const event = audit.findLast((one) => one.event === 'access_decided');
      if (event?.event !== 'access_decided') throw new Error('nothing was decided');
      return event;
    },
    async rest(authorization, route = firstRoute, changes = {}) {
      try {
        const answer = await handle(restAuthorizerEvent(route, authorization, changes));
        if (!('policyDocument' in answer)) throw new Error('no policy');
        const [statement] = answer.policyDocument.Statement;
        return {
          effect: statement?.Effect,
          resource:
            statement !== undefined && 'Resource' in statement ? statement.Resource : undefined,
          principalId: answer.principalId,
          context: answer.context ?? {},
        };
      } catch (cause) {
        return { threw: (cause as Error).message };
      }
    },
    async http(authorization, route = firstRoute, changes = {}) {
      try {
        const answer = await handle(httpAuthorizerEvent(route, authorization, changes));
        if (!('isAuthorized' in answer)) throw new Error('no simple answer');
        return answer;
      } catch (cause) {
        return { threw: (cause as Error).message };
      }
    },
  };
}

/** The ring's public half: one key of each algorithm signs, one is next. */
export function publishedKeys(): readonly PublishedKey[] {
  return ring.keys.map((key) => ({ jwk: key.public, state: key.state, publishedAt: now - 1_000 }));
}
