import type { RequestFacts } from '../core/audit.ts';
import { refusal } from '../core/errors.ts';
import { faultOf } from '../core/fault.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import { Unavailable } from '../core/unavailable.ts';
import type { HttpResponse } from './message.ts';
import { oauthErrorResponse } from './oauth-response.ts';

const retryAfterSeconds = '5';

/**
 * The answer to what nobody expected: 503 with `Retry-After` when a dependency is away (RFC 9110 §15.6.4), else 500.
 * The log learns which; the caller learns nothing.
 */
export function outage(
  cause: unknown,
  where: string,
  audit: AuditLog,
  facts: RequestFacts,
): HttpResponse {
  audit.write({ event: 'fault', requestId: facts.requestId, where, ...faultOf(cause) });
  if (cause instanceof Unavailable) {
    return oauthErrorResponse(refusal('unavailable'), { 'retry-after': retryAfterSeconds });
  }
  return oauthErrorResponse(refusal('internal'));
}
