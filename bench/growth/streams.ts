import type { DecisionWorld } from '../decisions/world.ts';

/** How many tokens and records an authorizer keeps in memory: so many for sure, and at most twice as many. */
export const keptMin: number = 1_000;

/** So many in turn are in no cache when they come again. */
const uncachedMin = 2.5 * keptMin;

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
