import type { IssuerKeys, KnownKey } from '../keys/issuer-keys.ts';
import { err, ok, type Result } from '../result.ts';
import type { DenyReason } from '../routes/decision.ts';
import type { JsonObject } from '../strict-json.ts';
import type { Algorithm } from './algorithm.ts';
import { type ParsedJwt, parseJwt } from './jwt.ts';
import { type ClaimRules, readPrincipal, type TokenPrincipal } from './token-principal.ts';

/** What is believed of one issuer. */
export interface IssuerRules extends ClaimRules {
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly algorithms: readonly Algorithm[];
  /** Accepted values of `typ` in lower case; '' stands for none. */
  readonly types: readonly string[];
  readonly skewSeconds: number;
  /** Of our own tokens: none may live longer, because retirement and revocation are reckoned by that. */
  readonly lifetimeMaxSeconds?: number;
  /** Of our own keys: for how long after its retirement a signer may still have held a ring with it. */
  readonly ringHoldSeconds?: number;
}

/** A token whose signature and claims are good; what depends on the time is checked again at every use. */
export interface VerifiedToken extends TokenTimes {
  readonly principal: TokenPrincipal;
  readonly kid: string;
  /** Of the key that verified it. */
  readonly keyFingerprint: string;
}

interface TokenTimes {
  readonly rules: IssuerRules;
  readonly expiresAt: number;
  readonly issuedAt: number | undefined;
  readonly notBefore: number | undefined;
}

/** Header members that change what a token means. None of them is supported, so none may be there (RFC 7515 §4.1.11). */
const unsupported = ['crit', 'b64', 'zip', 'enc', 'cty'];

/**
 * Verifies a JWT access token (RFC 9068 §4, RFC 8725 §3). The algorithm comes from the configuration and must be the
 * key's; keys in the token's own header are never looked at; the issuer is found by exact match before any key is read.
 * The first failure decides. Throws `Unavailable` when the keys cannot be read.
 */
export async function verifyAccessToken(
  token: string,
  issuers: ReadonlyMap<string, IssuerRules>,
  now: number,
): Promise<Result<VerifiedToken, DenyReason>> {
  const jwt = parseJwt(token);
  if (jwt === undefined || unsupported.some((name) => Object.hasOwn(jwt.header, name))) {
    return err('malformed');
  }
  const { iss } = jwt.payload;
  const rules = typeof iss === 'string' ? issuers.get(iss) : undefined;
  const refused = headerProblem(jwt.header, rules);
  if (refused !== undefined) return err(refused);
  if (rules === undefined) return err('unknown_issuer');
  const key = await rules.keys.find(String(jwt.header.kid), now);
  if (key === undefined) return err('unknown_kid');
  if (key.alg !== jwt.header.alg) return err('alg_not_allowed');
  if (!key.verify(jwt.signingInput, jwt.signature)) return err('bad_signature');
  return believed(jwt, rules, key, now);
}

/**
 * Whether a verified token is good at this instant: its times, and its key, which may have left the set since. Whether it
 * was revoked, the log says. Throws `Unavailable` when the keys cannot be read.
 */
export async function stillGood(
  token: VerifiedToken,
  now: number,
): Promise<DenyReason | undefined> {
  const key = await token.rules.keys.find(token.kid, now);
  // The issuer may have put another key under the same id since.
  if (key?.fingerprint !== token.keyFingerprint) return 'unknown_kid';
  return timeProblem(token, key, now);
}

function headerProblem(header: JsonObject, rules: IssuerRules | undefined): DenyReason | undefined {
  const { typ, alg, kid } = header;
  if (typ !== undefined && typeof typ !== 'string') return 'wrong_type';
  if (typeof alg !== 'string') return 'alg_not_allowed';
  if (rules !== undefined && !rules.types.includes((typ ?? '').toLowerCase())) return 'wrong_type';
  if (rules !== undefined && !(rules.algorithms as readonly string[]).includes(alg)) {
    return 'alg_not_allowed';
  }
  if (typeof kid !== 'string' || kid === '' || kid.length > 255) return 'malformed';
  return undefined;
}

function believed(
  { payload }: ParsedJwt,
  rules: IssuerRules,
  key: KnownKey,
  now: number,
): Result<VerifiedToken, DenyReason> {
  const { exp, iat, nbf } = payload;
  const isOurs = rules.lifetimeMaxSeconds !== undefined;
  if (!isInstant(exp, isOurs)) return err('malformed');
  if (iat === undefined && isOurs) return err('malformed');
  if (iat !== undefined && !isInstant(iat, isOurs)) return err('malformed');
  if (nbf !== undefined && !isInstant(nbf, isOurs)) return err('malformed');
  if (iat !== undefined && exp <= iat) return err('malformed');
  if (nbf !== undefined && exp <= nbf) return err('malformed');
  if (rules.lifetimeMaxSeconds !== undefined && exp - (iat ?? 0) > rules.lifetimeMaxSeconds) {
    return err('malformed');
  }
  const times = { rules, expiresAt: Math.floor(exp), issuedAt: iat, notBefore: nbf };
  const problem = timeProblem(times, key, now);
  if (problem !== undefined) return err(problem);
  const principal = readPrincipal(payload, rules, key.kid, {
    expiresAt: times.expiresAt,
    issuedAt: iat ?? 0,
  });
  if (!principal.ok) return principal;
  const { kid, fingerprint } = key;
  return ok({ ...times, kid, keyFingerprint: fingerprint, principal: principal.value });
}

function timeProblem(token: TokenTimes, key: KnownKey, now: number): DenyReason | undefined {
  const { skewSeconds: skew, ringHoldSeconds } = token.rules;
  if (now >= token.expiresAt + skew) return 'expired';
  if (token.notBefore !== undefined && token.notBefore > now + skew) return 'not_yet_valid';
  if (token.issuedAt !== undefined && token.issuedAt > now + skew) return 'not_yet_valid';
  // Nobody may sign with a retired key any more; whoever does has taken it from an old ring.
  const signsUntil =
    key.retiredAt === undefined || ringHoldSeconds === undefined
      ? undefined
      : key.retiredAt + ringHoldSeconds + skew;
  if (signsUntil !== undefined && (token.issuedAt ?? 0) > signsUntil) return 'unknown_kid';
  return undefined;
}

/** A NumericDate (RFC 7519 §2) within reason; other issuers may use fractions. */
function isInstant(value: unknown, mustBeInteger: boolean): value is number {
  return (
    typeof value === 'number' &&
    value >= 0 &&
    value < 2 ** 40 &&
    (!mustBeInteger || Number.isInteger(value))
  );
}
