import type { CompiledRoutes, Routes } from '../functions/core/routes/route-policy.ts';
import type { Settings } from './settings.ts';

/** Which kind of API a bound is for: an HTTP API and a REST API replay under different keys. */
export type ApiKind = 'rest' | 'http' | 'websocket';

/**
 * How long after its withdrawal a credential may still be let in, in seconds, and what of API Gateway's cache is in it. The
 * sum of how old the authorizer's view of the revocation log may be and of what the gateway replays.
 */
export interface RevocationLag {
  readonly seconds: number;
  readonly cache: 'policy' | 'route' | 'none';
}

/** What is left of a lag for API Gateway to replay an answer, in whole seconds; 0: it must not. */
export function replaySeconds(revocationLagSeconds: number, settings: Settings): number {
  if (!Number.isInteger(revocationLagSeconds) || revocationLagSeconds < 0) {
    throw new Error(
      `revocationLagSeconds must be a whole number of seconds, 0 or more, not ${revocationLagSeconds}`,
    );
  }
  const memory = settings.revocationPollSeconds;
  if (revocationLagSeconds > 0 && revocationLagSeconds < memory) {
    throw new Error(
      `revocationLagSeconds of ${revocationLagSeconds} cannot be kept: an authorizer looks at the revocation log every ${memory} seconds (revocationPollSeconds); 0 lets API Gateway replay nothing`,
    );
  }
  return Math.max(0, Math.min(revocationLagSeconds - memory, 300));
}

/** The bound of every route of one kind of API. Public routes have none. */
export function revocationLags(
  kind: ApiKind,
  routes: Routes,
  table: CompiledRoutes,
  replayed: number,
  settings: Settings,
): ReadonlyMap<string, RevocationLag> {
  const lags = new Map<string, RevocationLag>();
  for (const [key, policy] of Object.entries(routes)) {
    const requirement = table.routes[key];
    if (policy.public || requirement === undefined || isOther(kind, key)) continue;
    const { cache: onRest, revocation } = requirement;
    const cache = onRest === 'policy' && kind === 'http' ? 'route' : onRest;
    const seconds =
      revocation === 'strict'
        ? 0
        : settings.revocationPollSeconds + (cache === 'none' ? 0 : replayed);
    lags.set(key, { seconds, cache });
  }
  return lags;
}

/** The same for people, in one line: `60 s (policy): GET /orders, …; 0 s (none): DELETE /orders/{id}`. */
export function lagText(lags: ReadonlyMap<string, RevocationLag>): string {
  const groups = new Map<string, string[]>();
  for (const [key, { seconds, cache }] of lags) {
    const name = `${seconds} s (${cache})`;
    groups.set(name, [...(groups.get(name) ?? []), key]);
  }
  return [...groups].map(([name, keys]) => `${name}: ${keys.join(', ')}`).join('; ');
}

/** A WebSocket API has `$connect` of a table and an HTTP API alone can have `$default`; everything else is for both others. */
export function isOther(kind: ApiKind, key: string): boolean {
  if (key === '$connect') return kind !== 'websocket';
  return kind === 'websocket' || (key === '$default' && kind !== 'http');
}
