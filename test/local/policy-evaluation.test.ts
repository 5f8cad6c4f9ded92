import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluatePolicy, matchesGlob, parsePolicy } from '../../local/gateway/policy-evaluation.ts';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:api/prod/GET/orders/7';

function policy(...statements: readonly object[]) {
  const parsed = parsePolicy({ Version: '2012-10-17', Statement: statements });
  if (parsed === undefined) throw new Error('not a policy');
  return parsed;
}

const statement = (Effect: string, ...Resource: readonly string[]) => ({
  ...{ Effect, Resource, Action: 'execute-api:Invoke' },
});

describe('the policy of an authorizer', () => {
  test('allows nothing that no statement allows', () => {
    expect(evaluatePolicy(policy(), arn)).toBe('implicit-deny');
    expect(evaluatePolicy(policy(statement('Allow', `${arn}/more`)), arn)).toBe('implicit-deny');
  });

  test('lets an explicit Deny win, in whichever order', () => {
    const allow = statement('Allow', '*');
    const deny = statement('Deny', `${arn.slice(0, -1)}?`);
    expect(evaluatePolicy(policy(allow, deny), arn)).toBe('explicit-deny');
    expect(evaluatePolicy(policy(deny, allow), arn)).toBe('explicit-deny');
  });

  test('looks at every statement and every resource of it', () => {
    const given = policy(statement('Allow', 'a', 'b'), statement('Allow', 'c', arn));
    expect(evaluatePolicy(given, arn)).toBe('allow');
  });

  test('takes an action with a wildcard, and no other action', () => {
    const act = (Action: string) => policy({ Effect: 'Allow', Action, Resource: '*' });
    expect(evaluatePolicy(act('execute-api:*'), arn)).toBe('allow');
    expect(evaluatePolicy(act('Execute-API:Invoke'), arn)).toBe('allow');
    expect(evaluatePolicy(act('execute-api:ManageConnections'), arn)).toBe('implicit-deny');
  });

  test('refuses to read what nobody has seen API Gateway evaluate', () => {
    const base = { Effect: 'Allow', Action: 'execute-api:Invoke' };
    for (const given of [
      { ...base, NotResource: '*' },
      { ...base, Resource: '*', Condition: {} },
      { ...base, Resource: 'x'.repeat(513) },
      { ...base, Resource: [] },
      { ...base, Effect: 'allow', Resource: '*' },
      null,
    ]) {
      expect(parsePolicy({ Statement: [given] })).toBeUndefined();
    }
    expect(parsePolicy({})).toBeUndefined();
    expect(parsePolicy('Allow')).toBeUndefined();
  });

  test('lets a star take slashes and colons, and a question mark exactly one character', () => {
    expect(matchesGlob('GET/users/*', 'GET/users/1/roles')).toBe(true);
    expect(matchesGlob('stage/*/pets', 'stage/GET/a/pets')).toBe(true);
    expect(matchesGlob('arn:*:api/x', 'arn:aws:execute-api:r:a:api/x')).toBe(true);
    expect(matchesGlob('GET/users/*', 'GET/users')).toBe(false);
    expect(matchesGlob('a?c', 'ac')).toBe(false);
  });

  test('agrees with a regular expression on every pattern', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?', '.', '+') });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const source = pattern.replace(/[.+/]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('allows a request exactly when some Allow matches and no Deny does', () => {
    const path = fc.string({ unit: fc.constantFrom('a', '/', '*'), maxLength: 6 });
    const given = fc.array(
      fc.record({ Effect: fc.constantFrom('Allow', 'Deny'), Resource: path }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(given, path, (statements, request) => {
        const verdict = evaluatePolicy(
          policy(...statements.map((one) => ({ ...one, Action: 'execute-api:Invoke' }))),
          request,
        );
        const hits = (effect: string) =>
          statements.some(
            ({ Effect, Resource }) => Effect === effect && matchesGlob(Resource, request),
          );
        expect(verdict === 'allow').toBe(hits('Allow') && !hits('Deny'));
      }),
    );
  });
});
