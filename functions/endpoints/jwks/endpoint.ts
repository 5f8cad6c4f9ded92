import type { PublishedKeySet } from '../../core/keys/published-keys.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { PublishedKeys } from '../../core/ports/published-keys.ts';
import { available, Unavailable } from '../../core/unavailable.ts';
import type { Endpoint } from '../../gateway/message.ts';
import { outage } from '../../gateway/outage.ts';
import {
  isRead,
  methodNotAllowed,
  type PublicDocument,
  publicDocument,
  servePublicDocument,
} from '../../gateway/public-document.ts';

export interface JwksEndpoint {
  readonly keys: PublishedKeys;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly maxAgeSeconds: number;
  readonly contentType: string;
}

/** The item is read again after this many seconds; a rotation is seen by the world within that and `max-age`. */
const freshSeconds = 5;

/**
 * The JWK Set (RFC 7517 §5, §8.5.2): every published key, as stored. Nothing is pruned on the way out, because a
 * rotation that is half done lists the key that still signs as retired. While the table is away the last copy is
 * served; where there is none, 503.
 */
export function jwksEndpoint(ports: JwksEndpoint): Endpoint {
  const cacheControl = `public, max-age=${ports.maxAgeSeconds}, stale-if-error=86400`;
  let copy: { readonly document: PublicDocument; revision: number; readAt: number } | undefined;

  async function current(): Promise<PublicDocument> {
    const now = ports.clock.now();
    if (copy !== undefined && now - copy.readAt < freshSeconds && now >= copy.readAt) {
      return copy.document;
    }
    let set: PublishedKeySet | undefined;
    try {
      set = await available('the Verification table', () => ports.keys.read());
    } catch (cause) {
      if (copy === undefined) throw cause;
      ports.audit.write({ event: 'fault', where: 'jwks', fault: 'served the last copy' });
      copy.readAt = now;
      return copy.document;
    }
    if (set === undefined) throw new Unavailable('the published key set');
    if (copy?.revision !== set.revision) {
      const document = publicDocument(
        { keys: set.keys.map(({ jwk }) => jwk) },
        ports.contentType,
        cacheControl,
      );
      copy = { document, revision: set.revision, readAt: now };
    }
    copy.readAt = now;
    return copy.document;
  }

  return async (request) => {
    if (!isRead(request)) return methodNotAllowed;
    try {
      return servePublicDocument(request, await current());
    } catch (cause) {
      return outage(cause, 'jwks', ports.audit, { requestId: request.requestId });
    }
  };
}
