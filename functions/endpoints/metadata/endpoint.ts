import { type MetadataFacts, metadataDocument } from '../../core/tokens/metadata.ts';
import type { Endpoint } from '../../gateway/message.ts';
import { publicDocument, servePublicDocument } from '../../gateway/public-document.ts';

/** The metadata documents (RFC 8414 §3, OpenID Connect Discovery 1.0 §4): a constant of the deployment, no I/O. */
export function metadataEndpoint(facts: MetadataFacts, maxAgeSeconds: number): Endpoint {
  const cacheControl = `public, max-age=${maxAgeSeconds}, stale-if-error=86400`;
  const document = publicDocument(metadataDocument(facts), 'application/json', cacheControl);
  return (request) => servePublicDocument(request, document);
}
