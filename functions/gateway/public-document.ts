import { hash } from 'node:crypto';
import type { HttpRequest, HttpResponse } from './message.ts';

/** A public document, ready to be served: its bytes and their entity tag. */
export interface PublicDocument {
  readonly body: string;
  readonly contentType: string;
  readonly etag: string;
  readonly cacheControl: string;
}

export function publicDocument(
  value: unknown,
  contentType: string,
  cacheControl: string,
): PublicDocument {
  const body = JSON.stringify(value);
  return { body, contentType, etag: `"${hash('sha256', body, 'base64url')}"`, cacheControl };
}

/** Answers GET and HEAD, with 304 where the caller has the document already (RFC 9110 §13.1.2); else 405. */
export function servePublicDocument(request: HttpRequest, document: PublicDocument): HttpResponse {
  if (!isRead(request)) return methodNotAllowed;
  const headers = {
    etag: document.etag,
    'cache-control': document.cacheControl,
    'x-content-type-options': 'nosniff',
  };
  if (matches(request.headers.get('if-none-match') ?? [], document.etag)) {
    return { status: 304, headers, body: '' };
  }
  return {
    status: 200,
    headers: { 'content-type': document.contentType, ...headers },
    body: request.method === 'HEAD' ? '' : document.body,
  };
}

/** May this request read a document? Anything but GET and HEAD is answered 405 before any work is done. */
export function isRead(request: HttpRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** RFC 9110 §15.5.6 */
export const methodNotAllowed: HttpResponse = {
  status: 405,
  headers: { allow: 'GET, HEAD, OPTIONS', 'content-type': 'application/json' },
  body: '{"error":"invalid_request"}',
};

function matches(ifNoneMatch: readonly string[], etag: string): boolean {
  return ifNoneMatch
    .flatMap((value) => value.split(','))
    .map((candidate) => candidate.trim().replace(/^W\//, ''))
    .some((candidate) => candidate === etag || candidate === '*');
}
