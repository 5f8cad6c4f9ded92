import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import { authorized, distinct, restEvents, same, uncachedMin } from '../decisions/events.ts';
import type { FloorAlgorithm } from '../decisions/floors.ts';
import { handled } from '../decisions/operations.ts';
import type { CheckingContender } from '../measure/here.ts';
import { unwritten } from '../measure/unwritten.ts';
import { assertSound } from './controls.ts';
import { libraries } from './libraries.ts';
import { peerHandler } from './peer-handler.ts';
import type { Check, PeerWorld } from './tokens.ts';

/** An authorizer for tokens of one algorithm. */
export interface Candidate {
  readonly name: string;
  readonly alg: FloorAlgorithm;
  /** What it refuses a token for; controls prove this list, that nothing is missing and nothing too much. */
  readonly checks: readonly Check[];
  /** What else it decides by. */
  readonly also: readonly string[];
  /** For a stream of tokens. */
  readonly handler: () => AuthorizerHandler;
}

/**
 * Decisions on bearer tokens, by ours and by what people use instead. Whoever fails a control throws.
 *
 * @param ours the bundle for JWTs as it is deployed
 */
export async function contenders(
  world: PeerWorld,
  jwksUri: string,
  ours: AuthorizerHandler,
): Promise<readonly CheckingContender[]> {
  const theirs = libraries(world, jwksUri).flatMap(({ name, algorithms, checks, verifier }) =>
    algorithms.map((alg): Candidate => {
      const handler = () => peerHandler(verifier(alg));
      return { ...{ name, alg, checks, handler }, also: ['alg'] };
    }),
  );
  const own = (['RS256', 'ES256'] as const).map(
    (alg): Candidate => ({
      ...{ name: 'keyward', alg, handler: () => ours },
      checks: ['signature', 'iss', 'aud', 'exp', 'typ'],
      also: ['alg', 'revocation', 'route', 'scope', 'policy of the API', 'log line'],
    }),
  );
  for (const candidate of [...theirs, ...own]) await assertSound(candidate, world);
  return [
    ...theirs.flatMap((candidate) => streams(candidate, world)),
    ...own.flatMap((candidate) =>
      streams(candidate, world).flatMap((one) => [
        { ...one, isLogging: true },
        unwritten({ ...one, name: `${one.name}, line not written` }),
      ]),
    ),
  ];
}

function streams(
  { name, alg, checks, also, handler }: Candidate,
  world: PeerWorld,
): readonly CheckingContender[] {
  const good = (): string => `Bearer ${world.token(alg)}`;
  const texts = {
    same: same(good()),
    distinct: distinct(Array.from({ length: uncachedMin }, good)),
  };
  return Object.entries(texts).map(([stream, next]) => {
    const events = restEvents('GET /orders', authorized(next));
    return {
      ...handled(`${alg}, ${stream}: ${name}`, alg, handler(), events),
      isLogging: false,
      checks: [...checks, ...also].join(', '),
    };
  });
}
