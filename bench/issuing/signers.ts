import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { createLocalJWKSet } from 'jose';
import { systemClock } from '../../functions/adapters/system/clock.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { drawnIds } from '../../functions/core/drawn-ids.ts';
import { accessTokenClaims, tokenIdCharacters } from '../../functions/core/tokens/access-token.ts';
import { signAccessToken } from '../../functions/core/tokens/access-token-signer.ts';
import { type Algorithm, algorithms } from '../../functions/core/tokens/algorithm.ts';
import { activeKey } from '../../test/support/ring.ts';
import { asynchronous, synchronous } from '../decisions/operations.ts';
import type { Contender } from '../measure/interleaved.ts';
import { peerClaims } from './claims.ts';
import { everything, keySetOf, membersOf } from './controls.ts';
import { signingLibraries } from './signing-libraries.ts';
import type { IssuingWorld } from './world.ts';

/** One bare signature on bytes and a key that were prepared before, by the name of its algorithm: nobody issues for less. */
export function signatureFloors(world: IssuingWorld): readonly Contender[] {
  return algorithms.flatMap((alg) => {
    const { key, input } = prepared(world, alg);
    // What hands keys over in an object meets the slow path of some Nodes; this tells whether this one has it.
    const wrapped = alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : { key };
    const name = alg === 'ES256' ? 'ES256 as r and s by OpenSSL' : `${alg}, key in an object`;
    return [
      synchronous(alg, alg, () => sign('sha256', input, key)),
      synchronous(name, alg, () => sign('sha256', input, wrapped)),
    ];
  });
}

/** Signing tokens, claims built anew each time. Throws when jose would not take a token, or would take it by another key. */
export async function signers(world: IssuingWorld): Promise<readonly Contender[]> {
  const all: Contender[] = [];
  for (const alg of algorithms) {
    const candidates: Record<string, () => string | Promise<string>> = {
      keyward: ourSigner(world, alg),
    };
    for (const [name, library] of Object.entries(signingLibraries)) {
      const signed = await library(activeKey(alg, world.ring));
      const scope = world.scope.join(' ');
      candidates[name] = () => signed(peerClaims(world, alg, scope));
    }
    for (const [name, next] of Object.entries(candidates)) {
      await assertGenuine(`sign ${alg}: ${name}`, next, alg, world);
      // What answers at once is not made to wait for a promise.
      const isAsynchronous = next() instanceof Promise;
      const measured = isAsynchronous ? asynchronous : synchronous;
      all.push(measured(`sign ${alg}: ${name}`, alg, next as () => Promise<string>));
    }
  }
  return all;
}

/** What the token endpoint does between the decision of the grant and its answer, from source. */
function ourSigner(world: IssuingWorld, alg: Algorithm): () => string {
  const { issuer, ring, clients, scope, audience, lifetimeSeconds } = world;
  const client = clients[alg];
  const decision = { subject: client.clientId, scope, audience: [audience] };
  const lifetimes = {
    accessTokenLifetimeSeconds: lifetimeSeconds,
    accessTokenLifetimeMaxSeconds: lifetimeSeconds,
  };
  const nextTokenId = drawnIds(systemRandomness, tokenIdCharacters);
  return () => {
    const jti = nextTokenId();
    const now = systemClock.now();
    const claims = accessTokenClaims(issuer, client, decision, lifetimes, now, jti);
    return signAccessToken(ring, alg, claims).token;
  };
}

async function assertGenuine(
  name: string,
  next: () => string | Promise<string>,
  alg: Algorithm,
  world: IssuingWorld,
): Promise<void> {
  const { keys } = keySetOf(world);
  const found = await membersOf(await next(), createLocalJWKSet({ keys }), alg, world);
  if (found.length < everything.members.length) throw new Error(`${name}: only ${found.join()}`);
  const one = await next();
  if (one === (await next())) throw new Error(`${name}: the same token twice`);
  const others = world.ring.keys.filter((key) => key.alg === alg && key.state === 'next');
  const { kid } = activeKey(alg, world.ring);
  const foreign = others.map((key) => ({ ...key.public, kid, alg, use: 'sig' }));
  const isTaken = await membersOf(
    await next(),
    createLocalJWKSet({ keys: foreign }),
    alg,
    world,
  ).then(
    () => true,
    () => false,
  );
  if (isTaken) throw new Error(`${name}: another key's token is taken`);
}

function prepared(world: IssuingWorld, alg: Algorithm): { key: KeyObject; input: Buffer } {
  const token = ourSigner(world, alg)();
  return {
    key: createPrivateKey({ key: { ...activeKey(alg, world.ring).private }, format: 'jwk' }),
    input: Buffer.from(token.slice(0, token.lastIndexOf('.'))),
  };
}
