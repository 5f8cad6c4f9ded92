import { decodeBase64url } from '../base64url.ts';
import { type Recent, recent } from '../recent.ts';
import { type JsonObject, parseStrictObject } from '../strict-json.ts';

/** API Gateway takes about 10 KB of headers in all; no token of ours comes near this. */
const charactersMax = 8_192;

/** A JWT in compact form, taken apart and not yet believed. */
export interface ParsedJwt {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/**
 * Takes a compact JWS apart (RFC 7515 §3.1, RFC 7519 §7.2): three parts of canonical base64url, header and payload JSON
 * objects without a member twice. `undefined` for everything else, without any of the costly steps for what is too long.
 */
export function parseJwt(token: string): ParsedJwt | undefined {
  if (token.length > charactersMax) return undefined;
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < 0 || token.includes('.', second + 1)) return undefined;
  const signature = decodeBase64url(token.slice(second + 1));
  const header = headerOf(token.slice(0, first));
  const payload = objectOf(token.slice(first + 1, second));
  if (signature === undefined || header === undefined || payload === undefined) return undefined;
  return { header, payload, signingInput: token.slice(0, second), signature };
}

/** What was read of the last few headers: the tokens of one key have the same. */
const headers: Recent<string, JsonObject> = recent(8);

function headerOf(segment: string): JsonObject | undefined {
  const known = headers.get(segment);
  if (known !== undefined) return known;
  const read = objectOf(segment);
  // A part of a text keeps all of it in memory, and no bearer token may stay there.
  if (read !== undefined) headers.set(Buffer.from(segment).toString('latin1'), read);
  return read;
}

function objectOf(segment: string): JsonObject | undefined {
  const bytes = decodeBase64url(segment);
  return bytes === undefined ? undefined : parseStrictObject(bytes);
}
