import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemes } from '../../functions/core/routes/credential.ts';
import type { Principal } from '../../functions/core/routes/principal.ts';
import { authorizerContext } from '../../functions/gateway/authorizer-context.ts';
import { PrincipalMissing, requirePrincipal } from '../../functions/gateway/require-principal.ts';
import { integrationEvents } from '../support/events/integration.ts';

const own = 'https://auth.example.com';
const audience = ['https://orders.example.com'];

/** Whom the authorizer of each scheme lets in. */
const principals: Readonly<Record<string, Principal>> = {
  bearer: {
    ...{ scheme: 'bearer', issuer: own, subject: 'orders', clientId: 'orders', audience },
    ...{ scope: ['orders:read', 'orders:write'], roles: ['auditor'], credentialId: 'jti-1' },
    ...{ expiresAt: 1_000, acr: 'urn:keyward:mfa', authTime: 900.5 },
  },
  'bearer of another issuer, which names little': {
    ...{ scheme: 'bearer', issuer: 'https://id.example', subject: 'auth0|5f 7', clientId: '' },
    ...{ scope: [], roles: [], audience: ['a', 'b'], credentialId: '', expiresAt: 1_000 },
  },
  apikey: {
    ...{ scheme: 'apikey', issuer: own, subject: 'partner', clientId: 'partner', audience },
    ...{ scope: ['orders:read'], roles: [], credentialId: '0123456789abcdef' },
  },
  basic: {
    ...{ scheme: 'basic', issuer: own, subject: 'älice', clientId: '-', audience },
    ...{ scope: [], roles: [], credentialId: 'älice 100%', expiresAt: 1_000 },
  },
  certificate: {
    ...{ scheme: 'certificate', issuer: own, subject: 'partner', clientId: 'partner', audience },
    ...{ scope: [], roles: [], credentialId: 'bwcK0esc3ACC3DB2Y5', expiresAt: 1_000 },
  },
};

const contextOf = (principal: Principal, granted?: ReadonlySet<number>) => ({
  ...authorizerContext({
    decision: { outcome: 'allow', principal: { ...principal } },
    cache: granted === undefined ? 'none' : 'policy',
    decisionId: 'd',
    ...(granted === undefined ? {} : { granted }),
  }),
});

const context = contextOf(principals.bearer as Principal);
const now = { now: 999 };

describe.each(integrationEvents)('requirePrincipal behind %s', (_surface, event) => {
  test.each(Object.entries(principals))('tells who came with %s', (_scheme, principal) => {
    expect(requirePrincipal(event(contextOf(principal)), now)).toEqual(principal);
    // One answer for the whole API says the same, and an error for what it refuses.
    expect(requirePrincipal(event(contextOf(principal, new Set([0]))), now)).toEqual(principal);
  });

  test.each(Object.entries(principals))('refuses %s from its expiry on', (_scheme, principal) => {
    const at = (seconds: number) => requirePrincipal(event(contextOf(principal)), { now: seconds });
    expect(at(999)).toEqual(principal);
    if (principal.expiresAt === undefined) expect(at(9_999_999_999)).toEqual(principal);
    else expect(() => at(1_000)).toThrow(new PrincipalMissing('the credential has expired'));
  });

  test.each<[string, unknown]>([
    ['no authorizer', undefined],
    ['null', null],
    ['a text', 'orders'],
    ['a list', [context]],
    ['an empty context', {}],
    ['what a native JWT authorizer says', { jwt: { claims: { sub: 'orders' }, scopes: null } }],
    ['what a Cognito authorizer says', { claims: { sub: 'orders' } }],
    ['what IAM says', { iam: { userId: 'orders', callerId: 'orders' } }],
    ['the context of another authorizer', { sub: 'orders', iss: own, isAdmin: 'true' }],
    ['the context of a refusal', { v: '1', error: 'insufficient_scope', scope: '', dec: 'd' }],
    ['an old version', { ...context, v: '0' }],
    ['a later version', { ...context, v: '2' }],
    ['a version that is a number', { ...context, v: 1 }],
    ['no version', { ...context, v: undefined }],
    ['another scheme', { ...context, mth: 'magic' }],
    ['the name of every object as scheme', { ...context, mth: 'constructor' }],
    ['no subject', { ...context, sub: '-' }],
    ['an empty subject', { ...context, sub: '' }],
    ['a subject that is true', { ...context, sub: true }],
    ['no issuer', { ...context, iss: '-' }],
    ['no client', { ...context, cid: undefined }],
    ['an empty client', { ...context, cid: '' }],
    ['an empty scope', { ...context, scp: '' }],
    ['an encoding that ends too early', { ...context, sub: 'a%2' }],
    ['an encoding of what needs none', { ...context, sub: '%61dmin' }],
    ['a text that should be encoded', { ...context, sub: 'a b' }],
    ['no expiry', { ...context, exp: undefined }],
    ['a token that says it never expires', { ...context, exp: '-' }],
    ['an expiry that is no number', { ...context, exp: 'soon' }],
    ['an expiry that is false', { ...context, exp: 'false' }],
    ['an expiry in hexadecimal', { ...context, exp: '0xffffffff' }],
    ['an expiry with an exponent', { ...context, exp: '1e12' }],
    ['an empty expiry', { ...context, exp: '' }],
    ['an expiry that has come', { ...context, exp: '999' }],
    ['roles that are no list', { ...context, rol: 'auditor' }],
    ['roles that are a text that is true', { ...context, rol: 'true' }],
    ['an audience that is no list of texts', { ...context, aud: '[1]' }],
    ['a time of authentication that is no number', { ...context, auth_time: 'never' }],
    ['a time of authentication that is empty', { ...context, auth_time: '' }],
    ['inherited members', Object.create(context)],
  ])('refuses %s', (_what, value) => {
    expect(() => requirePrincipal(event(value), now)).toThrow(PrincipalMissing);
  });

  test('takes a text for what it is: "true" is a name like any other', () => {
    const named = requirePrincipal(event({ ...context, sub: 'true', cid: 'false' }), now);
    expect([named.subject, named.clientId]).toEqual(['true', 'false']);
  });
});

test('refuses an authorizer that an event has not of its own', () => {
  const requestContext = Object.create({ authorizer: context });
  expect(() => requirePrincipal({ requestContext }, now)).toThrow(PrincipalMissing);
  const authorizer = Object.create({ lambda: context });
  expect(() => requirePrincipal({ requestContext: { authorizer } }, now)).toThrow(PrincipalMissing);
});

const text = fc.string({ unit: 'grapheme', maxLength: 64 });
const name = text.filter((value) => value !== '');
const seconds = fc.integer({ min: 1_000, max: 99_999_999_999 });

const anyone: fc.Arbitrary<Principal> = fc
  .record({
    scheme: fc.constantFrom(...schemes),
    ...{ issuer: name, subject: name, clientId: text, credentialId: text },
    scope: fc.uniqueArray(fc.stringMatching(/^[!#-[\]-~]{1,20}$/), { maxLength: 5 }),
    ...{ roles: fc.array(text), audience: fc.array(text) },
    expiresAt: fc.option(seconds, { nil: undefined }),
  })
  // A scope that is called "-" is the word for none.
  .filter(({ scope }) => scope.join(' ') !== '-')
  .map(({ expiresAt, ...principal }) => ({
    ...principal,
    ...(expiresAt === undefined && principal.scheme !== 'bearer'
      ? {}
      : { expiresAt: expiresAt ?? 1_000 }),
  }));

test('nothing is lost between an authorizer and a backend, whatever the names are', () => {
  fc.assert(
    fc.property(anyone, (principal) => {
      for (const [, event] of integrationEvents) {
        expect(requirePrincipal(event(contextOf(principal)), now)).toEqual(principal);
      }
    }),
  );
});

test('what a backend may be told in headers is never empty, and visible ASCII alone', () => {
  fc.assert(
    fc.property(anyone, (principal) => {
      const { mth, iss, sub, cid, cred, exp, scp = '' } = contextOf(principal);
      for (const value of [mth, iss, sub, cid, cred, exp, ...scp.split(' ')]) {
        expect(value).toMatch(/^[\x21-\x7e]+$/);
      }
    }),
  );
});

test('two names never look the same in a header', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      const as = (subject: string) =>
        contextOf({ ...(principals.apikey as Principal), subject }).sub;
      expect(as(one) === as(other)).toBe(one === other);
    }),
    {
      examples: [
        ['-', '%2D'],
        ['a b', 'a%20b'],
        [' a', 'a'],
        ['%', '%25'],
        ['\u00e9', 'e\u0301'],
      ],
    },
  );
});
