import { type CryptoKey, createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { type Algorithm, algorithms } from '../../functions/core/tokens/algorithm.ts';
import { activeKey } from '../../test/support/ring.ts';
import { type IssuingWorld, tokenForm } from './world.ts';

/** What an endpoint gives no token for; for a scope that is too much, none that has it. */
export type Check = 'secret' | 'grant_type' | 'scope';

/** What a token says that not everybody's does. */
export type Member = 'typ' | 'jti' | 'scope' | 'client_id' | 'aud';

/** Nobody is measured who does not refuse these. */
const necessary: readonly Check[] = ['secret', 'grant_type'];
const checks: readonly Check[] = [...necessary, 'scope'];
const members: readonly Member[] = ['typ', 'jti', 'scope', 'client_id', 'aud'];

/** All that a token endpoint can be held to. */
export const everything: Pick<Candidate, 'checks' | 'members'> = { checks, members };

/** An endpoint as a client sees it. */
export interface Candidate {
  readonly name: string;
  readonly alg: Algorithm;
  /** Controls prove both lists, that nothing is missing and nothing too much. */
  readonly checks: readonly Check[];
  readonly members: readonly Member[];
  /** Posts a form. */
  readonly ask: (form: Readonly<Record<string, string>>) => Promise<Answer>;
  /** What its tokens verify with. */
  readonly keySet: () => Promise<JSONWebKeySet>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Throws unless a candidate hands out genuine tokens, another at each call, and refuses exactly what it says it checks. */
export async function assertSound(candidate: Candidate, world: IssuingWorld): Promise<void> {
  const { name, alg, ask } = candidate;
  const fail = (what: string): never => {
    throw new Error(`${name}, ${alg}: ${what}`);
  };
  const good = tokenForm(world, alg);
  const first = await issued(candidate, world);
  const refused = async (changes: Readonly<Record<string, string>>): Promise<boolean> => {
    const answer = await ask({ ...good, ...changes });
    if (answer.status >= 300) return true;
    // It may leave out what the client may not have (RFC 6749 §3.3).
    return changes.scope !== undefined && (await said(answer, candidate, world)).includes('scope');
  };
  const missing = necessary.filter((check) => !candidate.checks.includes(check));
  if (missing.length > 0) fail(`does not check ${missing.join(', ')}`);
  const wrong: Readonly<Record<Check, Readonly<Record<string, string>>>> = {
    secret: { client_secret: 'A'.repeat(43) },
    grant_type: { grant_type: 'password' },
    scope: { scope: `${world.scope.join(' ')} orders:admin` },
  };
  for (const check of checks) {
    const isRefused = await refused(wrong[check]);
    if (isRefused !== candidate.checks.includes(check)) {
      fail(`a wrong ${check} is ${isRefused ? 'refused' : 'let through'}`);
    }
  }
  if (!(await refused({ client_id: 'nobody' }))) fail('an unknown client is let through');
  if ((await issued(candidate, world)) === first) fail('the same token twice');
}

async function issued(candidate: Candidate, world: IssuingWorld): Promise<string> {
  const { name, alg, members: claimed, ask } = candidate;
  const answer = await ask(tokenForm(world, alg));
  if (answer.status !== 200) throw new Error(`${name}, ${alg}: ${answer.status} ${answer.body}`);
  const found = await said(answer, candidate, world);
  const differing = members.filter((one) => found.includes(one) !== claimed.includes(one));
  if (differing.length > 0) throw new Error(`${name}, ${alg}: mistaken in ${differing.join()}`);
  return answer.body;
}

/** What the token of an answer says as everybody's does. */
async function said(
  { body }: Answer,
  { alg, keySet }: Candidate,
  world: IssuingWorld,
): Promise<readonly Member[]> {
  const { access_token: token } = JSON.parse(body) as { readonly access_token: string };
  return membersOf(token, createLocalJWKSet(await keySet()), alg, world);
}

/**
 * Verifies a token by jose, and that it lives as long as everybody's.
 *
 * @returns what it says as everybody's does
 */
export async function membersOf(
  token: string,
  key: CryptoKey | ReturnType<typeof createLocalJWKSet>,
  alg: Algorithm,
  { audience, scope, lifetimeSeconds, clients }: IssuingWorld,
): Promise<readonly Member[]> {
  const options = { algorithms: [alg] };
  const { payload, protectedHeader } = await (typeof key === 'function'
    ? jwtVerify(token, key, options)
    : jwtVerify(token, key, options));
  const { exp = 0 } = decodeJwt(token);
  if (Math.abs(exp - Date.now() / 1_000 - lifetimeSeconds) > 5) throw new Error(`exp is ${exp}`);
  const says: Readonly<Record<Member, boolean>> = {
    typ: protectedHeader.typ === 'at+jwt',
    jti: typeof payload.jti === 'string',
    scope: payload.scope === scope.join(' '),
    client_id: payload.client_id === clients[alg].clientId,
    aud: payload.aud === audience,
  };
  return members.filter((one) => says[one]);
}

/** The public halves of the keys that sign. */
export function keySetOf({ ring }: IssuingWorld): JSONWebKeySet {
  return {
    keys: algorithms.map((alg) => {
      const { kid, public: jwk } = activeKey(alg, ring);
      return { ...jwk, kid, alg, use: 'sig' };
    }),
  };
}
