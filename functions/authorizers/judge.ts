import { keptOnReturn } from '../core/kept-on-return.ts';
import { recent } from '../core/recent.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { RevocationFollower } from '../core/revocation/follow-revocations.ts';
import type { AuthRequest, MatchedRoute } from '../core/routes/auth-request.ts';
import {
  type CredentialPlace,
  type CredentialProblem,
  presentedCredential,
  type Scheme,
} from '../core/routes/credential.ts';
import type { DenyReason } from '../core/routes/decision.ts';
import type { Judgement } from '../core/routes/judgement.ts';
import type { Principal } from '../core/routes/principal.ts';
import type { CompiledRoutes, RouteRequirement } from '../core/routes/route-policy.ts';
import { authorize } from './authorize.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { Authenticator } from './scheme.ts';

export interface DecisionMaker {
  readonly table: CompiledRoutes;
  readonly authenticators: readonly Authenticator[];
  readonly revocations: RevocationFollower;
  /** Needed where a route has a rate. */
  readonly limiter?: RateLimiter;
}

/** Decides for one request. Throws `Unavailable` when a scheme cannot tell: that is neither yes nor no. */
export type Judge = (request: AuthRequest, now: number) => Promise<Judgement>;

/**
 * The judge of one route table. A route without a policy is denied: nothing is public by omission. A credential is
 * checked as what it says it is and as nothing else. Where API Gateway will replay the answer for every route of the API,
 * what is decided is which of them the credential may use, and nothing else of the request counts.
 */
export function judge({ table, authenticators, revocations, limiter }: DecisionMaker): Judge {
  const replayed = table.policyRoutes.flatMap((key, index) => {
    const requirement = ownMember(table.routes, key);
    return requirement?.cache === 'policy' ? [{ index, requirement }] : [];
  });
  const replayedSchemes = [...new Set(replayed.flatMap(({ requirement }) => requirement.schemes))];
  /** One set for all who are granted the same, so that what is made of it is made once. */
  const sets = recent<string, ReadonlySet<number>>(1_000);

  /**
   * A verified token is the same object at its next use, so the table is walked once for it. No route whose answer is replayed
   * depends on the time; one that did would be refused.
   */
  const grantedTo = keptOnReturn((principal: Principal): ReadonlySet<number> => {
    const indices: number[] = [];
    for (const { index, requirement } of replayed) {
      const { outcome } = authorize(requirement, principal, undefined, 0);
      if (outcome === 'allow') indices.push(index);
    }
    const key = indices.join();
    const known = sets.get(key);
    if (known !== undefined) return known;
    const granted = new Set(indices);
    sets.set(key, granted);
    return granted;
  });

  return (request, now) => {
    const { route } = request;
    if (route === undefined) return judgeAll(request, now);
    const declared = declaredRoute(table, route);
    if (declared === undefined) {
      return Promise.resolve(denied('none', 'route_not_declared'));
    }
    const [key, requirement] = declared;
    if (requirement.cache === 'policy' && request.surface === 'rest-request') {
      return judgeAll(request, now, requirement);
    }
    return judgeOne(request, now, key, requirement);
  };

  async function judgeOne(
    request: AuthRequest,
    now: number,
    key: string,
    requirement: RouteRequirement,
  ): Promise<Judgement> {
    const cache = requirement.cache === 'none' ? 'none' : 'route';
    const { schemes, credentialIn, rateLimit, revocation } = requirement;
    const principal = await authenticate(request, now, {
      ...{ schemes, places: credentialIn },
      ...{ isReplayed: cache === 'route', isStrict: revocation === 'strict' },
    });
    if (!principal.ok) return denied(cache, principal.error);
    const decision = authorize(requirement, principal.value, request.sourceIp, now);
    if (decision.outcome !== 'allow' || rateLimit === undefined) return { decision, cache };
    if (limiter === undefined) throw new Error('a route with a rate and nobody who counts');
    if (await limiter(principal.value, key, rateLimit, now)) return { decision, cache };
    const refused = { outcome: 'deny', reason: 'rate_limited' } as const;
    return { decision: { ...refused, principal: principal.value }, cache };
  }

  /** @param requirement of the route that the request happens to be for, if the event says */
  async function judgeAll(
    request: AuthRequest,
    now: number,
    requirement?: RouteRequirement,
  ): Promise<Judgement> {
    const cache = 'policy';
    const authenticated = await authenticate(request, now, {
      ...{ schemes: replayedSchemes, places: [table.identity] },
      ...{ isReplayed: true, isStrict: false },
    });
    if (!authenticated.ok) return denied(cache, authenticated.error);
    const principal = authenticated.value;
    const granted = grantedTo(principal);
    if (requirement !== undefined) {
      return { decision: authorize(requirement, principal, undefined, now), cache, granted };
    }
    if (granted.size > 0) return { decision: { outcome: 'allow', principal }, cache, granted };
    const refused = { outcome: 'deny', reason: 'insufficient_scope', principal } as const;
    return { decision: refused, cache, granted };
  }

  async function authenticate(
    request: AuthRequest,
    now: number,
    accepted: {
      readonly schemes: readonly Scheme[];
      readonly places: readonly CredentialPlace[];
      readonly isReplayed: boolean;
      readonly isStrict: boolean;
    },
  ): Promise<Result<Principal, DenyReason | CredentialProblem>> {
    const presented = presentedCredential(request, accepted.places);
    if (!presented.ok) return presented;
    const { scheme, value } = presented.value;
    const authenticator = authenticators.find((one) => one.scheme === scheme);
    if (authenticator === undefined || !accepted.schemes.includes(scheme)) {
      // A certificate that nobody asked for is no credential.
      return err(scheme === 'certificate' ? 'missing_credential' : 'unsupported_scheme');
    }
    const { sourceIp } = request;
    const { isReplayed, isStrict } = accepted;
    // Before any record is looked up: what the log says has changed must not come from memory.
    const known = await revocations.current(now, isStrict);
    const said = await authenticator.authenticate(value, {
      ...{ now, sourceIp, isReplayed, isStrict },
      revocations: known,
    });
    return said.kind === 'authenticated' ? ok(said.principal) : err(said.reason);
  }
}

function denied(cache: Judgement['cache'], reason: DenyReason): Judgement {
  return { decision: { outcome: 'deny', reason }, cache };
}

/** The route as the table has it, and what it demands: of `ANY /x` there is one, whatever verb is used. */
function declaredRoute(
  { routes }: CompiledRoutes,
  { key, template }: MatchedRoute,
): readonly [string, RouteRequirement] | undefined {
  for (const name of [key, `ANY ${template}`]) {
    const requirement = ownMember(routes, name);
    if (requirement !== undefined) return [name, requirement];
  }
  return undefined;
}

function ownMember<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
