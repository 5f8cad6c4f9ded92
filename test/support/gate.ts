import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { authorizer } from '../../functions/authorizers/authorizer.ts';
import { jwtAuthenticator } from '../../functions/authorizers/jwt/authenticate.ts';
import { issuerRules } from '../../functions/authorizers/jwt/issuers.ts';
import type { AccessDecided, AuditEvent } from '../../functions/core/audit.ts';
import { compileRoutes } from '../../functions/core/compile-routes.ts';
import type { KeySetSource } from '../../functions/core/ports/key-set-source.ts';
import { publishedIssuerKeys } from '../../functions/core/published-issuer-keys.ts';
import type { PublishedKey, PublishedKeySet } from '../../functions/core/published-keys.ts';
import { type Routes, requires } from '../../functions/core/route-policy.ts';
import type { TrustedIssuer } from '../../functions/core/trusted-issuer.ts';
import { verifiedTokenCache } from '../../functions/core/verified-token-cache.ts';
import {
  httpAnswer,
  httpAuthRequest,
  type SimpleAnswer,
} from '../../functions/gateway/http-authorizer.ts';
import {
  type RestAuthorizerEvent,
  restAnswer,
  restAuthRequest,
} from '../../functions/gateway/rest-authorizer.ts';
import { httpAuthorizerEvent, restAuthorizerEvent } from './events/authorizer.ts';
import { ring } from './ring.ts';

export const issuer = 'https://auth.example.com';
export const audience = 'https://orders.example.com';
export const now = 1_800_000_000;
export const ringHoldSeconds = 86_400;

export interface GateOptions {
  readonly routes?: Routes;
  readonly trustedIssuers?: readonly TrustedIssuer[];
  readonly source?: KeySetSource;
}

export interface Gate {
  readonly clock: { seconds: number };
  /** What the Verification table holds; `undefined` is an outage. */
  readonly table: { keys: readonly PublishedKey[] | undefined; reads: number };
  readonly fetches: string[];
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
  };
  const routes = options.routes ?? { 'GET /orders/{id}': requires({ schemes: ['bearer'] }) };
  const decide = authorizer({
    routes: compileRoutes(routes),
    authenticators: [
      jwtAuthenticator({
        issuers: issuerRules(
          config,
          publishedIssuerKeys(published, 60),
          options.trustedIssuers ?? [],
          source,
        ),
        cache: verifiedTokenCache(),
      }),
    ],
    clock: { now: () => clock.seconds },
    randomness: systemRandomness,
    audit: { write: (event) => audit.push(event) },
    stopwatch: () => 0,
  });
  const [firstRoute = ''] = Object.keys(routes);

  return {
    clock,
    table,
    fetches,
    audit,
    last() {
      const event = audit.findLast((one) => one.event === 'access_decided');
      if (event?.event !== 'access_decided') throw new Error('nothing was decided');
      return event;
    },
    async rest(authorization, route = firstRoute, changes = {}) {
      try {
        const request = restAuthRequest(restAuthorizerEvent(route, authorization, changes));
        const { decision, decisionId } = await decide(request);
        const answer = restAnswer(decision, request, decisionId);
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
        const { decision, decisionId } = await decide(
          httpAuthRequest(httpAuthorizerEvent(route, authorization, changes)),
        );
        return httpAnswer(decision, decisionId);
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
