import type { Decision, DenyReason } from '../core/decision.ts';

/** What an authorizer hands to the backend, and on a denial to the gateway response: flat texts on every surface. */
export type AuthorizerContext = Readonly<Record<string, string>>;

/** Version of the context's layout; `requirePrincipal` refuses any other. */
const contextVersion = '1';

const contextBytesMax = 7_000;

/** @param decisionId leads from a replayed answer of the gateway's cache to the record of the decision */
export function authorizerContext(decision: Decision, decisionId: string): AuthorizerContext {
  switch (decision.outcome) {
    case 'allow': {
      const { principal } = decision;
      return fitting({
        v: contextVersion,
        mth: principal.scheme,
        iss: principal.issuer,
        sub: principal.subject,
        cid: principal.clientId,
        scp: principal.scope.join(' '),
        rol: JSON.stringify(principal.roles),
        aud: JSON.stringify(principal.audience),
        cred: principal.credentialId,
        ...(principal.expiresAt === undefined ? {} : { exp: String(principal.expiresAt) }),
        ...(principal.acr === undefined ? {} : { acr: principal.acr }),
        ...(principal.authTime === undefined ? {} : { auth_time: String(principal.authTime) }),
        dec: decisionId,
      });
    }
    case 'deny': {
      const { scope = [], acr, maxAgeSeconds } = decision.challenge ?? {};
      const { error, description } = errors[decision.reason] ?? invalidToken;
      return fitting({
        v: contextVersion,
        error,
        error_description: description,
        scope: scope.join(' '),
        ...(acr === undefined ? {} : { acr_values: acr }),
        ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
        dec: decisionId,
      });
    }
    case 'unavailable':
      throw new Error('what is unavailable has no context');
  }
}

interface WireError {
  readonly error: string;
  readonly description: string;
}

const invalidToken: WireError = {
  error: 'invalid_token',
  description: 'the token is not accepted',
};

/** Error codes of RFC 6750 §3.1 and RFC 9470 §3. All faults of a token share one text. */
const errors: Readonly<Partial<Record<DenyReason, WireError>>> = {
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

/** API Gateway takes 8 KB of answer in all, the policy included; what does not fit would be a 500 without a word. */
function fitting(context: AuthorizerContext): AuthorizerContext {
  if (Buffer.byteLength(JSON.stringify(context)) > contextBytesMax) {
    throw new Error('a principal that does not fit the context');
  }
  return context;
}
