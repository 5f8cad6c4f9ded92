import { err, ok, type Result } from '../result.ts';
import { tokenMarks } from '../revocation/token-marks.ts';
import type { DenyReason } from '../routes/decision.ts';
import type { Principal } from '../routes/principal.ts';
import type { JsonObject } from '../strict-json.ts';
import { isScopeToken } from './scope.ts';

/** How an issuer spells what we want to know. */
export interface ClaimRules {
  readonly issuer: string;
  /** What the revocation log puts before the ids of this issuer: '' for our own. */
  readonly markedAs: string;
  /** One of these must be in the audience claim; `any` where nobody is let in by it, so a bound one need not be proved. */
  readonly audiences: readonly string[] | 'any';
  readonly audienceClaim: string;
  readonly clientIdClaim: string;
  readonly scopeClaims: readonly string[];
  /** Path to the list of roles. */
  readonly rolesPath: readonly string[];
  readonly requiredClaims: Readonly<Record<string, string | true>>;
  readonly forbiddenClaims: readonly string[];
  /** `sub`, `jti` and the client id must all be there, and scope is one string (RFC 9068 §2.2). */
  readonly isStrict: boolean;
}

const audiencesMax = 32;

/** A principal that a token has proved, with everything that it can be revoked by. */
export type TokenPrincipal = Principal & Required<Pick<Principal, 'marks' | 'expiresAt'>>;

/** Who a token's claims say it is. Claims are believed here: call this after the signature was found good. */
export function readPrincipal(
  payload: JsonObject,
  rules: ClaimRules,
  kid: string,
  { expiresAt, issuedAt }: { readonly expiresAt: number; readonly issuedAt: number },
): Result<TokenPrincipal, DenyReason> {
  for (const [member, wanted] of Object.entries(rules.requiredClaims)) {
    const value = claim(payload, member);
    if (wanted === true ? name(value) === undefined : value !== wanted) return err('wrong_type');
  }
  if (rules.forbiddenClaims.some((name) => Object.hasOwn(payload, name))) return err('wrong_type');
  const audience = audienceOf(claim(payload, rules.audienceClaim));
  if (audience === undefined) return err('malformed');
  const { audiences } = rules;
  if (audiences !== 'any' && !audience.some((one) => audiences.includes(one))) {
    return err('wrong_audience');
  }
  // A bound token is worth nothing without its proof, and no proof is understood here yet (RFC 9449 §6, RFC 8705 §3).
  if (Object.hasOwn(payload, 'cnf') && audiences !== 'any') return err('binding_mismatch');
  const subject = name(claim(payload, 'sub'));
  const clientId = name(claim(payload, rules.clientIdClaim));
  const credentialId = name(claim(payload, 'jti'));
  // To another issuer the claim may mean anything.
  const grantId = rules.isStrict ? claim(payload, 'gid') : undefined;
  if (grantId !== undefined && name(grantId) === undefined) return err('malformed');
  const isComplete = subject !== undefined && (!rules.isStrict || (clientId && credentialId));
  if (!isComplete) return err('malformed');
  const scope = scopeOf(payload, rules);
  const roles = rolesOf(payload, rules.rolesPath);
  const acr = claim(payload, 'acr');
  const authTime = claim(payload, 'auth_time');
  if (scope === undefined || roles === undefined) return err('malformed');
  if (acr !== undefined && name(acr) === undefined) return err('malformed');
  if (authTime !== undefined && !(typeof authTime === 'number' && authTime >= 0))
    return err('malformed');
  return ok({
    scheme: 'bearer',
    issuer: rules.issuer,
    subject,
    clientId: clientId ?? '',
    scope,
    roles,
    audience,
    credentialId: credentialId ?? '',
    expiresAt,
    kid,
    marks: tokenMarks(rules.markedAs, {
      tokenId: credentialId ?? '',
      grantId: typeof grantId === 'string' ? grantId : '',
      clientId: clientId ?? '',
      subject,
      kid,
      issuedAt,
    }),
    ...(typeof acr === 'string' ? { acr } : {}),
    ...(typeof authTime === 'number' && Number.isFinite(authTime) ? { authTime } : {}),
  });
}

function claim(payload: JsonObject, member: string): unknown {
  return Object.hasOwn(payload, member) ? payload[member] : undefined;
}

function audienceOf(value: unknown): readonly string[] | undefined {
  const list = typeof value === 'string' ? [value] : value;
  if (list === undefined) return [];
  const isList =
    Array.isArray(list) &&
    list.length <= audiencesMax &&
    list.every((one) => isPlain(one) && one.length <= 2_048);
  return isList ? (list as readonly string[]) : undefined;
}

/** A non-empty text of at most 255 characters. */
function name(value: unknown): string | undefined {
  return isPlain(value) && value !== '' && value.length <= 255 ? value : undefined;
}

/** Text without control characters: backends get it, perhaps as a header. */
function isPlain(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value);
}

function scopeOf(payload: JsonObject, rules: ClaimRules): readonly string[] | undefined {
  const scope: string[] = [];
  for (const member of rules.scopeClaims) {
    const value = claim(payload, member);
    if (value === undefined || value === '') continue;
    const tokens =
      typeof value === 'string' ? value.split(' ') : rules.isStrict ? undefined : value;
    if (
      !Array.isArray(tokens) ||
      !tokens.every((one) => typeof one === 'string' && isScopeToken(one))
    ) {
      return undefined;
    }
    scope.push(...(tokens as readonly string[]));
  }
  return withoutRepeats(scope);
}

/** Below so many, looking through all of them is cheaper than making a set. */
const fewMax = 16;

function withoutRepeats(list: readonly string[]): readonly string[] {
  if (list.length > fewMax) return [...new Set(list)];
  return list.filter((one, index) => list.indexOf(one) === index);
}

function rolesOf(payload: JsonObject, path: readonly string[]): readonly string[] | undefined {
  if (path.length === 0) return [];
  let value: unknown = payload;
  for (const member of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, member)
        ? (value as JsonObject)[member]
        : undefined;
  }
  if (value === undefined) return [];
  const isList = Array.isArray(value) && value.length <= 500 && value.every(isPlain);
  return isList ? (value as readonly string[]) : undefined;
}
