import { type Client, secretUseId } from '../../core/clients/client.ts';
import { authenticateClient } from '../../core/clients/client-authentication.ts';
import { type OAuthError, refusal } from '../../core/errors.ts';
import { type Form, formBytesMax, mediaType, parseForm } from '../../core/form.ts';
import { lastUseNotes } from '../../core/last-use-notes.ts';
import { looksLikeSecret } from '../../core/looks-like-secret.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { LastUse } from '../../core/ports/last-use.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import type { Randomness } from '../../core/ports/randomness.ts';
import { RingUnavailable, type SigningKeys } from '../../core/ports/signing-keys.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { RevocationFollower } from '../../core/revocation/follow-revocations.ts';
import type { Revocations } from '../../core/revocation/revocation-view.ts';
import { subjectMark } from '../../core/revocation/token-marks.ts';
import { accessTokenClaims, type Lifetimes } from '../../core/tokens/access-token.ts';
import { signAccessToken } from '../../core/tokens/access-token-signer.ts';
import type { Grant } from '../../core/tokens/grant-type.ts';
import { available } from '../../core/unavailable.ts';
import type { Endpoint, HttpRequest, HttpResponse } from '../../gateway/message.ts';
import { noStore, oauthErrorResponse } from '../../gateway/oauth-error-response.ts';
import { outage } from '../../gateway/outage.ts';

export interface TokenEndpoint {
  readonly issuer: string;
  readonly lifetimes: Lifetimes;
  readonly clients: Lookup<Client>;
  readonly revocations: RevocationFollower;
  /** Of client secrets. */
  readonly lastUse: LastUse;
  readonly keys: SigningKeys;
  readonly grants: readonly Grant[];
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly audit: AuditLog;
}

interface Refused {
  readonly error: OAuthError;
  readonly clientId?: string;
  readonly grantType?: string;
  /** When to come back. */
  readonly retryAfterSeconds?: number;
}

/** The token endpoint (RFC 6749 §3.2, OAuth 2.1 §3.2). Errors are those of RFC 6749 §5.2 and RFC 8707 §2. */
export function tokenEndpoint(ports: TokenEndpoint): Endpoint {
  const grants = new Map(ports.grants.map((grant) => [grant.grantType, grant]));
  const noteUse = lastUseNotes(ports.lastUse, ports.audit);

  return async (request) => {
    // The clock is read before any state: what is read later is at least as new as `now`.
    const now = ports.clock.now();
    const facts = factsOf(request);
    try {
      const issued = await issue(request, now);
      if (issued.ok) return issued.value;
      const { error, retryAfterSeconds, ...context } = issued.error;
      ports.audit.write({
        event: 'token_refused',
        ...facts,
        error: error.code,
        reason: error.reason,
        ...context,
      });
      return oauthErrorResponse(error, {
        ...headersOf(error, request, ports.issuer),
        ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      });
    } catch (cause) {
      return outage(cause, 'token', ports.audit, facts);
    }
  };

  async function issue(request: HttpRequest, now: number): Promise<Result<HttpResponse, Refused>> {
    const form = readForm(request);
    if (!form.ok) return err({ error: form.error });
    const grantType = form.value.get('grant_type');
    if (grantType === undefined) return err({ error: refusal('grant_type_missing') });
    // Before the client is looked up: what the log says has changed must not come from memory.
    const log = await ports.revocations.current(now);
    const authorization = request.headers.get('authorization') ?? [];
    const authenticated = await authenticateClient(authorization, form.value, ports.clients, now);
    if (!authenticated.ok) return err(printable(authenticated.error));
    const { client, method, secretId } = authenticated.value;
    // Awaited: once the answer is out, the environment is frozen and a write in flight may never arrive.
    await noteUse(secretUseId(client.clientId, secretId), now);
    const grant = grants.get(grantType);
    const refused = (error: OAuthError) =>
      err({
        error,
        clientId: client.clientId,
        ...(grant === undefined ? {} : { grantType: grant.grantType }),
      });
    if (grant === undefined) return refused(refusal('grant_unknown'));
    if (!client.grantTypes.includes(grant.grantType)) {
      return refused(refusal('grant_not_registered'));
    }
    // The ring comes before the grant decides: what a grant consumes must not be lost to a missing key.
    const ring = await available('the key ring', () => ports.keys.current(log.ringGeneration));
    const decision = await grant.decide(form.value, client, now);
    if (!decision.ok) return refused(decision.error);
    const wait = waitSeconds(now, log, client.clientId, decision.value.subject);
    if (wait > 0)
      return err({ ...refused(refusal('just_revoked')).error, retryAfterSeconds: wait });
    const jti = Buffer.from(ports.randomness.bytes(16)).toString('base64url');
    const claims = accessTokenClaims(
      ports.issuer,
      client,
      decision.value,
      ports.lifetimes,
      now,
      jti,
    );
    const signed = signAccessToken(ring, client.signingAlgorithm, claims);
    if (log.isKeyRevoked(signed.kid)) throw new RingUnavailable('the key that signs was revoked');
    ports.audit.write({
      event: 'token_issued',
      ...factsOf(request),
      grantType: grant.grantType,
      clientId: client.clientId,
      authenticationMethod: method,
      secretId,
      scope: decision.value.scope,
      audience: decision.value.audience,
      kid: signed.kid,
      alg: client.signingAlgorithm,
      jti,
      exp: claims.exp,
    });
    const answer = {
      access_token: signed.token,
      token_type: 'Bearer',
      expires_in: claims.exp - claims.iat,
      scope: claims.scope,
    };
    const headers = { 'content-type': 'application/json', ...noStore };
    return ok({ status: 200, headers, body: JSON.stringify(answer) });
  }
}

/**
 * For how many seconds nothing may be issued: until the cuts of the client and the subject are past. They lie some seconds
 * ahead, for issuers that have not seen them; a token of a later time would survive a cut that this issuer has not seen.
 */
function waitSeconds(now: number, log: Revocations, clientId: string, subject: string): number {
  const cut = Math.max(
    log.cutOf('client', clientId),
    log.cutOf('subject', subjectMark('', subject)),
  );
  return Math.max(0, cut + 1 - now);
}

/** Method, content type and body, checked in this order. */
function readForm(request: HttpRequest): Result<Form, OAuthError> {
  if (request.method !== 'POST') return err(refusal('method'));
  if (request.rawQuery !== '') return err(refusal('query'));
  const contentType = request.headers.get('content-type') ?? [];
  if (
    contentType.length !== 1 ||
    mediaType(contentType[0]) !== 'application/x-www-form-urlencoded' ||
    request.headers.has('content-encoding')
  ) {
    return err(refusal('content_type'));
  }
  if (request.body === undefined) return err(refusal('body_encoding'));
  if (request.body.length > formBytesMax) return err(refusal('body_too_large'));
  return parseForm(request.body);
}

function headersOf(
  error: OAuthError,
  request: HttpRequest,
  issuer: string,
): Record<string, string> {
  if (error.reason === 'method') return { allow: 'POST, OPTIONS' };
  if (error.code === 'invalid_client' && request.headers.has('authorization')) {
    return { 'www-authenticate': `Basic realm="${issuer}", charset="UTF-8"` };
  }
  return {};
}

function factsOf(request: HttpRequest): { requestId: string; sourceIp?: string } {
  const { requestId, sourceIp } = request;
  return sourceIp === undefined ? { requestId } : { requestId, sourceIp };
}

/** What a stranger claims to be goes into the log cut and cleaned, and not at all when it may be the secret. */
function printable(failure: { error: OAuthError; clientId?: string }): Refused {
  if (failure.clientId === undefined) return failure;
  if (looksLikeSecret(failure.clientId)) return { error: failure.error };
  return { ...failure, clientId: failure.clientId.replace(/[^\x21-\x7e]/g, '?').slice(0, 64) };
}
