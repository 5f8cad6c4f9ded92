import { err, ok, type Result } from '../result.ts';
import type { AuthRequest } from './auth-request.ts';

/** How a caller may prove who it is. */
export const schemes = ['bearer', 'apikey', 'basic', 'certificate'] as const;

export type Scheme = (typeof schemes)[number];

/**
 * Where a credential may stand. `query` ends up in the logs of everything in between, and `subprotocol` is what a browser
 * has for a WebSocket: `new WebSocket(url, ['keyward.bearer', token])`.
 */
export const credentialPlaces = ['authorization', 'x-api-key', 'query', 'subprotocol'] as const;

export type CredentialPlace = (typeof credentialPlaces)[number];

const credentialHeaders = [
  'authorization',
  'x-api-key',
] as const satisfies readonly CredentialPlace[];

/** The one credential of a request: its scheme, and its text (a certificate's is its PEM). */
export interface Credential {
  readonly scheme: Scheme;
  readonly value: string;
}

export type CredentialProblem =
  | 'missing_credential'
  | 'malformed'
  | 'multiple_credentials'
  | 'unsupported_scheme';

/**
 * What may stand after the scheme: anything where a token is expected, for who verifies it reads every character; those of our
 * keys; base64 (RFC 7617 §2).
 */
const shapes: Readonly<Record<Exclude<Scheme, 'certificate'>, RegExp>> = {
  bearer: /^./s,
  apikey: /^[A-Za-z0-9_]+$/,
  basic: /^[A-Za-z0-9+/]+=*$/,
};

const subprotocols: Readonly<Record<string, 'bearer' | 'apikey'>> = {
  'keyward.bearer': 'bearer',
  'keyward.apikey': 'apikey',
};

/**
 * The credential of a request, taken from the places that its route reads. One and no more: two of them would let a caller
 * choose which is checked and which is believed. A certificate belongs to the connection, so it counts where nothing else
 * was sent, not even in a header that this route does not read: whoever sends a token means to be that caller.
 */
export function presentedCredential(
  request: AuthRequest,
  places: readonly CredentialPlace[],
): Result<Credential, CredentialProblem> {
  let first: Found | undefined;
  for (const place of places) {
    for (const found of readers[place](request)) {
      if (first !== undefined) return err('multiple_credentials');
      first = found;
    }
  }
  if (first !== undefined) return first;
  const { certificatePem, headers } = request;
  const hasOther = credentialHeaders.some((name) => headers.get(name)?.length);
  if (certificatePem === undefined || hasOther) return err('missing_credential');
  return ok({ scheme: 'certificate', value: certificatePem });
}

type Found = Result<Credential, CredentialProblem>;

const readers: Readonly<Record<CredentialPlace, (request: AuthRequest) => readonly Found[]>> = {
  // HTTP APIs join repeated headers with a comma, which no credential of ours contains.
  authorization: ({ headers }) =>
    (headers.get('authorization') ?? []).flatMap((value) =>
      value.includes(',') ? [err('malformed'), err('malformed')] : [authorization(value)],
    ),
  'x-api-key': ({ headers }) =>
    (headers.get('x-api-key') ?? []).flatMap((value) =>
      value.split(',').map((one) => shaped('apikey', one.trim())),
    ),
  // A bearer token has no business in a URL (OAuth 2.1 §5.2.1), but a browser has no other place for one that opens a
  // WebSocket on a server without subprotocols.
  query: ({ query, surface }) => [
    ...(surface === 'websocket' ? (query.get('access_token') ?? []) : []).map((value) =>
      shaped('bearer', value),
    ),
    ...(query.get('api_key') ?? []).map((value) => shaped('apikey', value)),
  ],
  subprotocol: ({ headers }) => {
    const offered = (headers.get('sec-websocket-protocol') ?? [])
      .flatMap((value) => value.split(','))
      .map((one) => one.trim());
    return offered.flatMap((name, index) => {
      const scheme = Object.hasOwn(subprotocols, name) ? subprotocols[name] : undefined;
      return scheme === undefined ? [] : [shaped(scheme, offered[index + 1] ?? '')];
    });
  },
};

/** A scheme in any case, exactly one space, and the credential (RFC 9110 §11.4). */
function authorization(value: string): Found {
  const space = value.indexOf(' ');
  const scheme = (space < 0 ? value : value.slice(0, space)).toLowerCase();
  if (scheme !== 'bearer' && scheme !== 'apikey' && scheme !== 'basic') {
    return err('unsupported_scheme');
  }
  return shaped(scheme, space < 0 ? '' : value.slice(space + 1));
}

function shaped(scheme: Exclude<Scheme, 'certificate'>, value: string): Found {
  return shapes[scheme].test(value) ? ok({ scheme, value }) : err('malformed');
}
