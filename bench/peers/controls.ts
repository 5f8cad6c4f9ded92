import { restEvents } from '../decisions/events.ts';
import { outcomeOf } from '../decisions/operations.ts';
import type { Candidate } from './contenders.ts';
import type { Check, PeerWorld } from './tokens.ts';

/** Nobody is measured who does not refuse these. */
const necessary: readonly Check[] = ['signature', 'iss', 'aud', 'exp'];
const all: readonly Check[] = [...necessary, 'typ'];

/** Throws unless a candidate lets a good token in and refuses exactly what it says it checks. */
export async function assertSound(candidate: Candidate, world: PeerWorld): Promise<void> {
  const { name, alg, checks } = candidate;
  const handler = candidate.handler();
  const outcome = (token: string): Promise<string> =>
    outcomeOf(
      handler,
      restEvents('GET /orders', () => ({ authorization: `Bearer ${token}` })),
    );
  const expect = async (what: string, token: string, expected: string): Promise<void> => {
    const seen = await outcome(token);
    if (seen !== expected) throw new Error(`${name}, ${alg}: ${what} is ${seen}`);
  };
  const missing = necessary.filter((check) => !checks.includes(check));
  if (missing.length > 0) throw new Error(`${name} does not check ${missing.join(', ')}`);
  await expect('a good token', world.token(alg), 'allowed');
  for (const check of all) {
    const expected = checks.includes(check) ? 'refused' : 'allowed';
    await expect(`a token with a wrong ${check}`, world.flawed(alg, check), expected);
  }
  await expect('a good token after bad ones', world.token(alg), 'allowed');
}
