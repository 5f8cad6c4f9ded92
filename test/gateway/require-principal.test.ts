import { describe, expect, test } from 'vitest';
import { PrincipalMissing, requirePrincipal } from '../../functions/gateway/require-principal.ts';

const context = {
  v: '1',
  mth: 'bearer',
  iss: 'https://auth.example.com',
  sub: 'orders',
  cid: 'orders',
  scp: 'orders:read orders:write',
  rol: '["auditor"]',
  aud: '["https://orders.example.com"]',
  cred: 'jti-1',
  exp: '1000',
  dec: 'd',
};

const onRest = (authorizer: unknown) => ({ requestContext: { authorizer } });
const onHttp = (lambda: unknown) => ({ requestContext: { authorizer: { lambda } } });

describe('requirePrincipal', () => {
  test.each([
    ['a REST API', onRest],
    ['an HTTP API', onHttp],
  ])('reads the principal behind %s', (_name, event) => {
    expect(requirePrincipal(event(context), { now: 999 })).toEqual({
      scheme: 'bearer',
      issuer: 'https://auth.example.com',
      subject: 'orders',
      clientId: 'orders',
      scope: ['orders:read', 'orders:write'],
      roles: ['auditor'],
      audience: ['https://orders.example.com'],
      credentialId: 'jti-1',
      expiresAt: 1_000,
    });
  });

  test.each<[string, unknown]>([
    ['no authorizer', undefined],
    ['null', null],
    ['a text', 'orders'],
    ['an empty context', {}],
    ['claims of another authorizer', { claims: { sub: 'orders' }, principalId: 'orders' }],
    ['another version', { ...context, v: '2' }],
    ['another scheme', { ...context, mth: 'magic' }],
    ['no subject', { ...context, sub: '' }],
    ['no expiry', { ...context, exp: undefined }],
    ['an expiry that is no number', { ...context, exp: 'soon' }],
    ['an expiry that has come', { ...context, exp: '999' }],
    ['roles that are no list', { ...context, rol: 'auditor' }],
    ['an audience that is no list of texts', { ...context, aud: '[1]' }],
    ['a time of authentication that is no number', { ...context, auth_time: 'never' }],
    ['a time of authentication that is empty', { ...context, auth_time: '' }],
    ['values of other types', { ...context, sub: 7 }],
    ['inherited members', Object.create(context)],
  ])('refuses %s', (_name, value) => {
    for (const event of [onRest(value), onHttp(value)]) {
      expect(() => requirePrincipal(event, { now: 999 })).toThrow(PrincipalMissing);
    }
    expect(() => requirePrincipal({ requestContext: {} }, { now: 999 })).toThrow(PrincipalMissing);
  });
});
