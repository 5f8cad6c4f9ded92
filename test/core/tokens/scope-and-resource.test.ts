import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grantedAudience, isResourceIndicator } from '../../../functions/core/tokens/resource.ts';
import { grantedScope, parseScope } from '../../../functions/core/tokens/scope.ts';

const token = fc.stringMatching(/^[a-c]{1,2}$/);

describe('grantedScope', () => {
  test('what is granted is asked for and permitted, or nothing is granted (RFC 6749 §3.3)', () => {
    fc.assert(
      fc.property(fc.array(token, { minLength: 1 }), fc.uniqueArray(token), (asked, scope) => {
        const granted = grantedScope(asked.join(' '), { scope, defaultScope: [] });
        const isPermitted = asked.every((one) => scope.includes(one));
        expect(granted.ok).toBe(isPermitted);
        if (granted.ok) expect(granted.value).toEqual([...new Set(asked)]);
      }),
    );
  });

  test('a request without scope gets the default of the client', () => {
    expect(grantedScope(undefined, { scope: ['a', 'b'], defaultScope: ['a'] })).toEqual({
      ok: true,
      value: ['a'],
    });
  });

  test.each([' a', 'a ', 'a  b', 'a\tb', 'a"b', 'a\\b', 'ä', 'a,\u00a0b', 'x'.repeat(256)])(
    'refuses the malformed %j',
    (scope) => {
      const result = parseScope(scope);
      expect(result.ok || result.error.code).toBe('invalid_scope');
    },
  );
});

describe('grantedAudience', () => {
  const client = {
    resources: ['https://a.example', 'https://b.example/x'],
    defaultResource: 'https://a.example',
  };

  test('resources that the client may ask for become the audience, each once (RFC 8707 §2.2)', () => {
    expect(grantedAudience(['https://b.example/x', 'https://b.example/x'], client)).toEqual({
      ok: true,
      value: ['https://b.example/x'],
    });
    expect(grantedAudience([], client)).toEqual({ ok: true, value: ['https://a.example'] });
  });

  test.each([
    'https://c.example',
    'https://a.example/',
    'https://A.example',
    'https://a.example.evil',
    'https://a.example#f',
    '/relative',
    'a.example',
    'https://a.example x',
  ])('refuses %s with invalid_target', (resource) => {
    const result = grantedAudience([resource], client);
    expect(result.ok || result.error.code).toBe('invalid_target');
  });

  test('an indicator is an absolute URI without a fragment (RFC 8707 §2)', () => {
    expect(isResourceIndicator('urn:example:orders')).toBe(true);
    expect(isResourceIndicator('https://a.example/p?q=1')).toBe(true);
    expect(isResourceIndicator('https://a.example/#')).toBe(false);
    expect(isResourceIndicator('')).toBe(false);
  });
});
