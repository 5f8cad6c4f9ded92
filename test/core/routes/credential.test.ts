import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuthRequest, Surface } from '../../../functions/core/routes/auth-request.ts';
import {
  type CredentialPlace,
  credentialPlaces,
  presentedCredential,
} from '../../../functions/core/routes/credential.ts';

interface Sent {
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly certificatePem?: string;
  readonly surface?: Surface;
}

function request({ headers = {}, query = {}, surface = 'rest-request', ...rest }: Sent) {
  return {
    surface,
    stageArn: 'arn:aws:execute-api:us-east-1:000000000000:abc/prod',
    route: undefined,
    headers: new Map(Object.entries(headers)),
    query: new Map(Object.entries(query)),
    requestId: 'r1',
    ...rest,
  } satisfies AuthRequest;
}

/** Scheme and text of what was found, or why there is none. */
function found(sent: Sent, places: readonly CredentialPlace[] = credentialPlaces): string {
  const presented = presentedCredential(request(sent), places);
  return presented.ok ? `${presented.value.scheme} ${presented.value.value}` : presented.error;
}

const authorization = (...values: readonly string[]) => ({ headers: { authorization: values } });

describe('the one credential of a request', () => {
  test.each([
    ['Bearer a.b.c', 'bearer a.b.c'],
    ['bEaReR a.b.c', 'bearer a.b.c'],
    ['ApiKey kw_live_x', 'apikey kw_live_x'],
    ['apikey kw_live_x', 'apikey kw_live_x'],
    ['Basic YTpi', 'basic YTpi'],
    ['BASIC YTpi==', 'basic YTpi=='],
  ])('"%s" is one, its scheme in any case (RFC 9110 §11.1)', (value, expected) => {
    expect(found(authorization(value))).toBe(expected);
  });

  test.each([
    ['Bearer', 'malformed'],
    ['Bearer ', 'malformed'],
    ['Bearer\ta', 'unsupported_scheme'],
    [' Bearer a', 'unsupported_scheme'],
    ['ApiKey kw-live', 'malformed'],
    ['Basic YT*i', 'malformed'],
    ['Digest x', 'unsupported_scheme'],
    ['DPoP x', 'unsupported_scheme'],
    ['', 'unsupported_scheme'],
    ['a.b.c', 'unsupported_scheme'],
    ['Bearer a,Bearer b', 'multiple_credentials'],
    ['Bearer a, Basic YTpi', 'multiple_credentials'],
    [',', 'multiple_credentials'],
  ])('"%s" is none: %s', (value, problem) => {
    expect(found(authorization(value))).toBe(problem);
  });

  test('two headers, of whatever kind, are refused', () => {
    expect(found(authorization('Bearer a', 'Bearer a'))).toBe('multiple_credentials');
    expect(found(authorization('Bearer a', 'nonsense'))).toBe('multiple_credentials');
    const both = { authorization: ['Bearer a'], 'x-api-key': ['kw_live_x'] };
    expect(found({ headers: both })).toBe('multiple_credentials');
    expect(found({ headers: { 'x-api-key': ['a', 'b'] } })).toBe('multiple_credentials');
    expect(found({ headers: { 'x-api-key': ['a,b'] } })).toBe('multiple_credentials');
    expect(found({ headers: both, query: { api_key: ['kw_live_x'] } })).toBe(
      'multiple_credentials',
    );
    expect(found({ query: { api_key: ['a', 'b'] } })).toBe('multiple_credentials');
  });

  test('what a route does not read is no credential, and none beside one', () => {
    const sent = {
      headers: { authorization: ['Bearer a'], 'x-api-key': ['kw_live_x'] },
      query: { api_key: ['kw_live_x'] },
    };
    expect(found(sent, ['authorization'])).toBe('bearer a');
    expect(found({ query: { api_key: ['k'] } }, ['authorization'])).toBe('missing_credential');
    expect(found({ headers: { 'x-api-key': ['k'] } }, ['authorization'])).toBe(
      'missing_credential',
    );
  });

  test('a token is never taken from a query, but of a WebSocket (OAuth 2.1 §5.2.1)', () => {
    const query = { access_token: ['a.b.c'] };
    for (const surface of ['rest-request', 'http-2', 'http-1'] as const) {
      expect(found({ query, surface })).toBe('missing_credential');
    }
    expect(found({ query, surface: 'websocket' })).toBe('bearer a.b.c');
  });

  test.each([
    ['keyward.bearer, a.b.c', 'bearer a.b.c'],
    ['v1, keyward.apikey,kw_live_x, v2', 'apikey kw_live_x'],
    ['keyward.bearer', 'malformed'],
    ['keyward.bearer, ', 'malformed'],
    ['keyward.basic, YTpi', 'missing_credential'],
    ['constructor, x', 'missing_credential'],
    ['keyward.bearer, keyward.bearer', 'multiple_credentials'],
    ['keyward.bearer, a, keyward.apikey, b', 'multiple_credentials'],
  ])('the subprotocols "%s" carry %s', (value, expected) => {
    expect(found({ headers: { 'sec-websocket-protocol': [value] } })).toBe(expected);
  });

  test('a certificate counts where nothing else was sent: it belongs to the connection', () => {
    const certificatePem = 'PEM';
    expect(found({ certificatePem })).toBe('certificate PEM');
    expect(found({ certificatePem, ...authorization('Bearer a') })).toBe('bearer a');
    expect(found({ certificatePem, ...authorization('Bearer') })).toBe('malformed');
    expect(found({ certificatePem, ...authorization('Digest x') })).toBe('unsupported_scheme');
  });

  test('a certificate is no credential beside a header that may be one, whether the route reads it or not', () => {
    const certificatePem = 'PEM';
    for (const value of ['Bearer a', 'Digest x', '']) {
      const sent = { certificatePem, ...authorization(value) };
      expect(found(sent, ['x-api-key'])).toBe('missing_credential');
    }
    const key = { certificatePem, headers: { 'x-api-key': ['kw_live_x'] } };
    expect(found(key, ['authorization'])).toBe('missing_credential');
    expect(found({ certificatePem, headers: { authorization: [] } }, ['x-api-key'])).toBe(
      'certificate PEM',
    );
    const query = { api_key: ['k'] };
    expect(found({ certificatePem, query }, ['authorization'])).toBe('certificate PEM');
  });

  test('whatever is sent, there is at most one, and it has the characters of its scheme; those of a token are for its reader', () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('Bearer a', 'Basic YTpi', 'ApiKey k', 'keyward.bearer, a', ''),
    );
    const values = fc.array(value, { maxLength: 2 });
    fc.assert(
      fc.property(
        fc.record({
          authorization: values,
          'x-api-key': values,
          'sec-websocket-protocol': values,
        }),
        fc.record({ api_key: values, access_token: values }),
        fc.subarray([...credentialPlaces]),
        fc.constantFrom<Surface>('rest-request', 'websocket'),
        (headers, query, places, surface) => {
          const presented = presentedCredential(request({ headers, query, surface }), places);
          if (!presented.ok) return;
          const { scheme, value } = presented.value;
          expect(value).toMatch(scheme === 'bearer' ? /./s : /^[A-Za-z0-9_+/=]+$/);
          const sent = [...Object.values(headers), ...Object.values(query)].flat().join('\n');
          expect(sent).toContain(value);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
