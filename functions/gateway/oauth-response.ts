import { type OAuthError, statusOf } from '../core/errors.ts';
import type { HttpResponse } from './message.ts';

/** Nobody may keep an answer that has to do with credentials (RFC 6749 §5.1). */
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/** A successful answer that nobody may keep. */
export function oauthResponse(body: string, contentType = 'application/json'): HttpResponse {
  return { status: 200, headers: { 'content-type': contentType, ...noStore }, body };
}

/** An error as RFC 6749 §5.2 wants it. Nothing the caller sent is in it. */
export function oauthErrorResponse(
  error: OAuthError,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status: statusOf(error),
    headers: { 'content-type': 'application/json', ...noStore, ...headers },
    body: JSON.stringify({ error: error.code, error_description: error.description }),
  };
}
