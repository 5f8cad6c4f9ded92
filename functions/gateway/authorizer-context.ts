import { keptOnReturn } from '../core/kept-on-return.ts';
import type { DenyReason } from '../core/routes/decision.ts';
import type { Judgement } from '../core/routes/judgement.ts';
import type { Principal } from '../core/routes/principal.ts';
import { contextText, nothing } from './context-text.ts';

/** What an authorizer hands to the backend, and on a denial to the gateway response: flat texts on every surface. */
export type AuthorizerContext = Readonly<Record<string, string>>;

/** Version of the context's layout; `requirePrincipal` refuses any other. */
const contextVersion = '1';

/**
 * Where the answer serves a whole API, nothing in the context depends on the route that happened to be asked for first:
 * it holds the principal, and for the routes that the policy refuses one constant error.
 *
 * @param judgement.decisionId leads from a replayed answer of the gateway's cache to the record of the decision
 */
export function authorizerContext({
  decision,
  decisionId,
  granted,
}: Judgement & { readonly decisionId: string }): AuthorizerContext {
  if (decision.outcome === 'unavailable') throw new Error('what is unavailable has no context');
  const { principal } = decision;
  if (granted !== undefined && principal !== undefined) {
    return { ...contextForAll(principal), dec: decisionId };
  }
  if (decision.outcome === 'allow') {
    return { ...principalContext(decision.principal), dec: decisionId };
  }
  const { scope = [], acr, maxAgeSeconds } = decision.challenge ?? {};
  return {
    v: contextVersion,
    ...refused(decision.reason),
    scope: scope.join(' '),
    ...(acr === undefined ? {} : { acr_values: acr }),
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    dec: decisionId,
  };
}

// What is the same for a principal that comes again. Not frozen: a copy of what is frozen costs more than making it anew.
const principalContext: (principal: Principal) => AuthorizerContext = keptOnReturn(contextOf);

const contextForAll: (principal: Principal) => AuthorizerContext = keptOnReturn((principal) => ({
  ...contextOf(principal),
  ...refused('insufficient_scope'),
}));

function contextOf(principal: Principal): AuthorizerContext {
  const { expiresAt, acr, authTime } = principal;
  return {
    v: contextVersion,
    mth: principal.scheme,
    iss: contextText(principal.issuer),
    sub: contextText(principal.subject),
    cid: contextText(principal.clientId),
    // Scope tokens are visible ASCII as they are (RFC 6749 §3.3).
    scp: principal.scope.join(' ') || nothing,
    rol: JSON.stringify(principal.roles),
    aud: JSON.stringify(principal.audience),
    cred: contextText(principal.credentialId),
    exp: expiresAt === undefined ? nothing : String(expiresAt),
    ...(acr === undefined ? {} : { acr }),
    ...(authTime === undefined ? {} : { auth_time: String(authTime) }),
  };
}

function refused(reason: DenyReason): AuthorizerContext {
  const { error, description } = errors[reason] ?? invalidToken;
  return { error, error_description: description };
}

interface WireError {
  readonly error: string;
  readonly description: string;
}

const notAccepted = 'the credential is not accepted';

const invalidToken: WireError = { error: 'invalid_token', description: notAccepted };

/** `invalid_token` is for tokens (RFC 6750 §3.1). Of a key, a user and a certificate nobody is told what is wrong. */
const accessDenied: WireError = { error: 'access_denied', description: notAccepted };

/** Error codes of RFC 6750 §3.1 and RFC 9470 §3. All faults of a credential share one text. */
const errors: Readonly<Partial<Record<DenyReason, WireError>>> = {
  key_unknown: accessDenied,
  key_disabled: accessDenied,
  key_expired: accessDenied,
  bad_password: accessDenied,
  locked: accessDenied,
  cert_unmapped: accessDenied,
  cert_revoked: accessDenied,
  insufficient_scope: { error: 'insufficient_scope', description: 'the scope does not cover this' },
  insufficient_role: { error: 'access_denied', description: 'the role does not cover this' },
  ip_denied: { error: 'access_denied', description: 'not from this address' },
  rate_limited: { error: 'rate_limited', description: 'too many calls: try again later' },
  route_not_declared: { error: 'access_denied', description: 'this route is not open' },
  step_up_required: {
    error: 'insufficient_user_authentication',
    description: 'a stronger or fresher authentication is needed',
  },
};
