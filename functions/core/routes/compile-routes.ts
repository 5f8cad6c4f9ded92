import { placesOf } from './credential-places.ts';
import {
  arnCharactersMax,
  type CompiledPolicy,
  collisionText,
  compileExactPolicy,
  type ExactRoute,
  findCollisions,
  findSilentRefusal,
  largestPolicyBytes,
  longestArn,
  policyBytesMax,
  RouteTableTooLarge,
  type SilentRefusal,
} from './exact-policy/compile-exact-policy.ts';
import { UnnameableRoute } from './exact-policy/route-template.ts';
import {
  type CacheMode,
  type CompiledRoutes,
  defineRoutes,
  type Requirement,
  type RouteRequirement,
  type Routes,
} from './route-policy.ts';

export interface CompileOptions {
  /** The header that API Gateway replays answers under. @default authorization */
  readonly identity?: CompiledRoutes['identity'];
  /** May it replay anything at all? @default true */
  readonly isReplayed?: boolean;
}

/** A compiled table, and what a person should know of it. */
export interface RouteTable extends CompiledRoutes {
  /** Why no answer is for the whole API, one sentence each; empty where one is, or where nothing is replayed. */
  readonly obstacles: readonly string[];
  /** Where an answer is for the whole API: a refusal that it may not say aloud, for resource policies with an Allow. */
  readonly silentRefusal?: SilentRefusal;
}

/** Of the longest ARN of an API to reckon with, its last slash included: a long Region in a long partition. */
const apiArnLength = 70;

/** Of the longest stage name that a table is compiled for. Whoever knows a longer one asks again. */
const stageNameLengthMax = 20;

/**
 * The table as plain data, without the routes that no authorizer ever sees. Every route says what API Gateway may replay:
 * one policy for the whole API where one can be right for every grant, an answer for the route where not, nothing where
 * the decision depends on more than the credential.
 */
export function compileRoutes(routes: Routes, options: CompileOptions = {}): RouteTable {
  const { identity = 'authorization', isReplayed = true } = options;
  const entries = Object.entries(defineRoutes(routes));
  const isCacheable = (key: string, policy: Requirement): boolean =>
    isReplayed && uncacheable(key, policy, identity) === undefined;
  const whole = wholeApi(
    entries.flatMap(([key, policy]): readonly ExactRoute[] => {
      if (!key.includes(' ')) return [];
      if (policy.public) return [{ key, isOpen: true, isElsewhere: false, clauses: [] }];
      const isElsewhere = !isCacheable(key, policy);
      return [{ key, isOpen: false, isElsewhere, clauses: clausesOf(policy) }];
    }),
  );
  const compiled: Record<string, RouteRequirement> = {};
  for (const [key, policy] of entries) {
    if (policy.public) continue;
    const replayed: CacheMode = whole.policy === undefined ? 'route' : 'policy';
    compiled[key] = requirementOf(key, policy, isCacheable(key, policy) ? replayed : 'none');
  }
  return { routes: compiled, identity, ...whole };
}

function requirementOf(key: string, policy: Requirement, cache: CacheMode): RouteRequirement {
  const { audience, acr, maxAgeSeconds, rateLimit } = policy;
  return {
    schemes: policy.schemes,
    credentialIn: placesOf(key, policy),
    scopes: policy.scopes ?? [],
    anyScope: policy.anyScope ?? [],
    roles: policy.roles ?? [],
    ...(audience === undefined ? {} : { audience }),
    ...(acr === undefined ? {} : { acr }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ip: policy.ip ?? [],
    revocation: policy.revocation ?? 'normal',
    ...(rateLimit === undefined ? {} : { rateLimit }),
    cache,
  };
}

type Whole = Pick<RouteTable, 'policyRoutes' | 'policy' | 'obstacles' | 'silentRefusal'>;

function wholeApi(exact: readonly ExactRoute[]): Whole {
  const policyRoutes: readonly string[] = [];
  if (exact.every(({ isOpen, isElsewhere }) => isOpen || isElsewhere)) {
    return { policyRoutes, obstacles: [] };
  }
  let policy: CompiledPolicy;
  try {
    policy = compileExactPolicy(exact);
  } catch (cause) {
    if (!(cause instanceof RouteTableTooLarge || cause instanceof UnnameableRoute)) throw cause;
    return { policyRoutes, obstacles: [cause.message] };
  }
  const obstacles = [...findCollisions(exact, policy).map(collisionText), ...sizeProblems(policy)];
  if (obstacles.length > 0) return { policyRoutes, obstacles };
  const silentRefusal = findSilentRefusal(exact);
  return {
    policyRoutes: exact.map(({ key }) => key),
    policy,
    obstacles,
    ...(silentRefusal === undefined ? {} : { silentRefusal }),
  };
}

/** Why a policy of these might be too large for API Gateway, one sentence each. */
export function sizeProblems(
  policy: CompiledPolicy,
  stageNameLength: number = stageNameLengthMax,
): readonly string[] {
  const stageArnLength = apiArnLength + stageNameLength;
  const bytes = largestPolicyBytes(policy, stageArnLength);
  const longest = longestArn(policy, stageArnLength);
  return [
    ...(bytes > policyBytesMax
      ? [`a policy could have ${bytes} bytes, and an answer has room for ${policyBytesMax}`]
      : []),
    ...(longest > arnCharactersMax
      ? [`an ARN could have ${longest} characters, and ${arnCharactersMax} are allowed`]
      : []),
  ];
}

/** Everything that a credential must have, each with its alternatives. */
function clausesOf(policy: Requirement): ExactRoute['clauses'] {
  const { schemes, scopes = [], anyScope = [], roles = [], audience } = policy;
  return [
    schemes.map((scheme) => `scheme ${scheme}`),
    ...scopes.map((scope) => [`scope ${scope}`]),
    ...(anyScope.length === 0 ? [] : [anyScope.map((scope) => `scope ${scope}`)]),
    ...(roles.length === 0 ? [] : [roles.map((role) => `role ${role}`)]),
    ...(audience === undefined ? [] : [[`audience ${audience}`]]),
  ];
}

/**
 * Why API Gateway must not replay a decision of this route: it depends on something that is not in the cache's key.
 * `undefined` where it may.
 */
export function uncacheable(
  key: string,
  policy: Requirement,
  identity: CompiledRoutes['identity'] = 'authorization',
): string | undefined {
  const { maxAgeSeconds, acr, ip, revocation, rateLimit, schemes } = policy;
  if (key === '$connect') return 'a WebSocket API replays nothing';
  if (revocation === 'strict') return 'revocation is strict';
  if (maxAgeSeconds !== undefined) return 'maxAgeSeconds depends on the time';
  if (acr !== undefined) return 'acr has a challenge of its own';
  if (ip !== undefined) return 'ip depends on the address of the caller';
  if (rateLimit !== undefined) return 'rateLimit counts every call';
  if (schemes.includes('certificate')) return 'a certificate is in no header';
  // A yes in the cache would be there for whoever guesses its key: as often as one likes, from anywhere, past every lock.
  if (schemes.includes('basic')) return 'basic depends on failures and addresses';
  const elsewhere = placesOf(key, policy).find((place) => place !== identity);
  return elsewhere === undefined ? undefined : `credentials may stand in ${elsewhere}`;
}
