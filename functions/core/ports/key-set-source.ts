/** Fetches the JWK Set of another issuer (RFC 7517 §5). */
export interface KeySetSource {
  /**
   * The text of the set, at most 150 KB, and how long its `Cache-Control` lets it be kept. Throws on anything but a
   * 200 within the deadline: redirects are not followed.
   */
  fetch(jwksUri: string): Promise<{ readonly text: string; readonly maxAgeSeconds?: number }>;
}
