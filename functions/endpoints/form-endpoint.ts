import type { RequestFacts, RequestRefused } from '../core/audit.ts';
import { type OAuthError, type RefusalReason, refusal } from '../core/errors.ts';
import { type Form, formBytesMax, mediaType, parseForm } from '../core/form.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import { err, type Result } from '../core/result.ts';
import type { RevocationFollower } from '../core/revocation/follow-revocations.ts';
import type { Revocations } from '../core/revocation/revocation-view.ts';
import { cors } from '../gateway/cors.ts';
import type { Endpoint, HttpRequest, HttpResponse } from '../gateway/message.ts';
import { oauthErrorResponse } from '../gateway/oauth-response.ts';
import { outage } from '../gateway/outage.ts';

export interface FormEndpointPorts {
  readonly issuer: string;
  readonly revocations: RevocationFollower;
  readonly clock: Clock;
  readonly audit: AuditLog;
}

/** A request whose form was read, and which nobody has been found to have sent yet. */
export interface FormRequest {
  readonly form: Form;
  /** The value of the parameter without which there is nothing to do. */
  readonly required: string;
  /** Epoch seconds, read before any state: what is read later is at least as new. */
  readonly now: number;
  /** The revocation log, at most a poll old. */
  readonly log: Revocations;
  readonly facts: RequestFacts;
  /** Every value of a header. @param name in lower case */
  header(name: string): readonly string[];
}

/** Why a request was refused, and what may be written down of it. */
export interface Refused extends Pick<RequestRefused, 'clientId' | 'grantType' | 'credential'> {
  readonly error: OAuthError;
  /** `WWW-Authenticate`, where it is not the one for client secrets. */
  readonly challenge?: string;
  /** When to come back. */
  readonly retryAfterSeconds?: number;
}

/** What is an endpoint's own. Whatever is thrown is answered as an outage or a fault. */
export interface Duty<Caller> {
  /** What a fault in it is written down under. */
  readonly name: string;
  readonly refusedAs: RequestRefused['event'];
  /** The parameter without which there is nothing to do, and what its absence is called. */
  readonly requires: readonly [parameter: string, reason: RefusalReason];
  authenticate(request: FormRequest): Promise<Result<Caller, Refused>>;
  serve(request: FormRequest, caller: Caller): Promise<Result<HttpResponse, Refused>>;
}

/**
 * An endpoint that takes a form by POST from a caller who authenticates (RFC 6749 §3.2, RFC 7009 §2.1, RFC 7662 §2.1):
 * method, content type, body and parameters, then the caller, then its duty, in this order. Refusals are those of
 * RFC 6749 §5.2, written down without anything that may be a secret. Browsers of any origin may call it.
 */
export function formEndpoint<Caller>(ports: FormEndpointPorts, duty: Duty<Caller>): Endpoint {
  return cors(endpoint, ['POST']);

  async function endpoint(request: HttpRequest): Promise<HttpResponse> {
    const now = ports.clock.now();
    const facts = factsOf(request);
    try {
      const served = await serve(request, now, facts);
      if (served.ok) return served.value;
      const { error, challenge, retryAfterSeconds, ...context } = served.error;
      ports.audit.write({
        event: duty.refusedAs,
        ...facts,
        error: error.code,
        reason: error.reason,
        ...context,
      });
      return oauthErrorResponse(error, {
        ...headersOf(error, challenge, request, ports.issuer),
        ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      });
    } catch (cause) {
      return outage(cause, duty.name, ports.audit, facts);
    }
  }

  async function serve(
    request: HttpRequest,
    now: number,
    facts: RequestFacts,
  ): Promise<Result<HttpResponse, Refused>> {
    const form = readForm(request);
    if (!form.ok) return err({ error: form.error });
    const [parameter, reason] = duty.requires;
    const required = form.value.get(parameter);
    if (required === undefined) return err({ error: refusal(reason) });
    // Before the caller is looked up: what the log says has changed must not come from memory.
    const log = await ports.revocations.current(now);
    const header = (name: string) => request.headers.get(name) ?? [];
    const read = { form: form.value, required, now, log, facts, header };
    const caller = await duty.authenticate(read);
    return caller.ok ? duty.serve(read, caller.value) : caller;
  }
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
  challenge: string | undefined,
  request: HttpRequest,
  issuer: string,
): Record<string, string> {
  if (error.reason === 'method') return { allow: 'POST, OPTIONS' };
  if (error.reason === 'too_many_writes') return { 'retry-after': '1' };
  if (challenge !== undefined) return { 'www-authenticate': challenge };
  if (error.code === 'invalid_client' && request.headers.has('authorization')) {
    return { 'www-authenticate': `Basic realm="${issuer}", charset="UTF-8"` };
  }
  return {};
}

function factsOf({ requestId, sourceIp }: HttpRequest): RequestFacts {
  return sourceIp === undefined ? { requestId } : { requestId, sourceIp };
}
