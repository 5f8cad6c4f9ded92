import { authorized, type Events, restEvents, uncachedMin } from '../decisions/events.ts';
import type { DecisionWorld } from '../decisions/world.ts';

/** How many tokens and records an authorizer keeps in memory: so many for sure, and at most twice as many. */
export const keptMin: number = 1_000;

/** Tokens of RS256 as headers hold them, of so many clients, and more than are kept. */
export function newTokens(world: DecisionWorld, clients = 1): readonly string[] {
  return tokens(world, clients, Math.max(clients, uncachedMin));
}

/** @param count one for each client, and then from the first client on again */
export function tokens(
  world: DecisionWorld,
  clients: number,
  count: number = clients,
): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const id = `kwc_${String(i % clients).padStart(22, '0')}`;
    return `Bearer ${world.token('RS256', { client_id: id, sub: id })}`;
  });
}

/** Requests for the orders of a REST API, with whatever comes next in the header. */
export function orders(next: () => string): Events {
  return restEvents('GET /orders', authorized(next));
}
