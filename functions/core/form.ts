import { type OAuthError, refusal } from './errors.ts';
import { err, ok, type Result } from './result.ts';
import { resourceValuesMax } from './tokens/resource.ts';

export const formBytesMax = 65_536;
const parameterCharactersMax = 8_192;
const assertionCharactersMax = 16_384;
const assertionParameters = new Set([
  'client_assertion',
  'assertion',
  'subject_token',
  'actor_token',
]);
const repeatable = new Map([['resource', resourceValuesMax]]);

/** Parameters of a request body. Values are never empty: an empty value counts as omitted (RFC 6749 §3.2). */
export interface Form {
  get(name: string): string | undefined;
  /** Every value of a parameter that may repeat. */
  all(name: string): readonly string[];
}

/**
 * Parses `application/x-www-form-urlencoded` strictly (RFC 6749 §3.2, appendix B): a parameter once, except `resource`
 * (RFC 8707 §2); well-formed percent-encoding of UTF-8 without control characters; bounded sizes. Unknown parameters
 * are carried along and ignored by everybody.
 */
export function parseForm(body: Uint8Array): Result<Form, OAuthError> {
  if (body.length > formBytesMax) return err(refusal('body_too_large'));
  const text = decodeUtf8(body);
  if (text === undefined) return err(refusal('body_encoding'));
  const values = new Map<string, string[]>();
  const seen = new Map<string, number>();
  for (const pair of text === '' ? [] : text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
    const value = decodeComponent(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return err(refusal('body_encoding'));
    const cap = assertionParameters.has(name) ? assertionCharactersMax : parameterCharactersMax;
    if (name.length > parameterCharactersMax || value.length > cap) {
      return err(refusal('parameter_too_long'));
    }
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    if (count > (repeatable.get(name) ?? 1)) return err(refusal('parameter_repeated'));
    if (value === '') continue;
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  return ok({ get: (name) => values.get(name)?.[0], all: (name) => values.get(name) ?? [] });
}

/** The media type without its parameters, in lower case. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Decodes one form-encoded name, value or half of a Basic credential; `undefined` when it is not well-formed. */
export function decodeComponent(text: string): string | undefined {
  let decoded: string;
  try {
    // Most are sent as they are.
    decoded = /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
  } catch {
    return undefined;
  }
  return hasControlCharacter(decoded) ? undefined : decoded;
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
