import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyStatement } from '../../local/contracts.ts';
import { arnLike } from '../../local/iam/arn.ts';
import type { RequestContext } from '../../local/iam/condition.ts';
import { compilePolicies } from '../../local/iam/policy.ts';
import { wildcard } from '../../local/iam/wildcard.ts';

const table = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Verification';

function allows(
  statements: readonly PolicyStatement[],
  action: string,
  resource: string = table,
  context: RequestContext = {},
): boolean {
  return compilePolicies([{ Statement: statements }]).decide({ action, resource, context }).allowed;
}

function allow(more: Partial<PolicyStatement>): PolicyStatement {
  return { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*', ...more };
}

describe('statements', () => {
  test('allow nothing that no statement allows', () => {
    expect(allows([], 'dynamodb:GetItem')).toBe(false);
    expect(allows([allow({})], 'dynamodb:PutItem')).toBe(false);
    expect(allows([allow({ Resource: `${table}2` })], 'dynamodb:GetItem')).toBe(false);
    expect(allows([allow({ Resource: [`${table}2`, table] })], 'dynamodb:GetItem')).toBe(true);
  });

  test('match action names with wildcards and without case, resources with case', () => {
    expect(allows([allow({ Action: 'DynamoDB:get*' })], 'dynamodb:GetItem')).toBe(true);
    expect(allows([allow({ Action: 'dynamodb:?etItem' })], 'dynamodb:GetItem')).toBe(true);
    expect(allows([allow({ Resource: table.toUpperCase() })], 'dynamodb:GetItem')).toBe(false);
  });

  test('let an explicit deny win, whatever the order', () => {
    const deny: PolicyStatement = { Effect: 'Deny', Action: 'dynamodb:*', Resource: table };
    expect(allows([allow({}), deny], 'dynamodb:GetItem')).toBe(false);
    expect(allows([deny, allow({})], 'dynamodb:GetItem')).toBe(false);
    expect(allows([deny, allow({})], 'dynamodb:GetItem', `${table}2`)).toBe(true);
  });

  test('know NotAction and NotResource', () => {
    const statements: PolicyStatement[] = [
      { Effect: 'Allow', NotAction: ['dynamodb:Delete*'], NotResource: [`${table}2`] },
    ];
    expect(allows(statements, 'dynamodb:GetItem')).toBe(true);
    expect(allows(statements, 'dynamodb:DeleteItem')).toBe(false);
    expect(allows(statements, 'dynamodb:GetItem', `${table}2`)).toBe(false);
  });

  test.each<[string, object]>([
    ['an operator that is not known', { Condition: { StringMatches: { 'aws:SourceArn': 'x' } } }],
    ['an IfExists operator', { Condition: { StringEqualsIfExists: { 'aws:SourceArn': 'x' } } }],
    [
      'a quantifier that is not known',
      { Condition: { 'ForMost:StringEquals': { 'aws:SourceArn': 'x' } } },
    ],
    ['a key that is not known', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o' } } }],
    [
      'many values without a quantifier',
      { Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'JWKS' } } },
    ],
    [
      'many attributes without a quantifier',
      { Condition: { StringEquals: { 'dynamodb:Attributes': 'status' } } },
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of IAM
    ['a policy variable', { Condition: { StringLike: { 'aws:SourceArn': '${aws:userid}' } } }],
    [
      'a Null condition on anything but true and false',
      { Condition: { Null: { 'aws:SourceArn': 'x' } } },
    ],
    ['an unresolved value', { Condition: { StringEquals: { 'aws:SourceArn': { Ref: 'Api' } } } }],
    ['a principal', { Principal: '*' }],
    ['two kinds of action', { NotAction: 'dynamodb:PutItem' }],
    ['no resource', { Resource: undefined }],
  ])('refuse to compile %s: to ignore it would widen access', (_name, more) => {
    const statement = { ...allow({}), ...more } as PolicyStatement;
    expect(() => compilePolicies([{ Statement: [statement] }])).toThrow(/policy statement/);
  });
});

describe('conditions', () => {
  const leading = (...keys: string[]): RequestContext => ({ 'dynamodb:LeadingKeys': keys });
  const both = allow({
    Condition: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LOG#*', 'CUT#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  });

  test('ask every value of ForAllValues, and take an absent key for a match', () => {
    const half = allow({
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LOG#*'] } },
    });
    expect(allows([half], 'dynamodb:GetItem', table, leading('LOG#1', 'LOG#2'))).toBe(true);
    expect(allows([half], 'dynamodb:GetItem', table, leading('LOG#1', 'JWKS'))).toBe(false);
    expect(allows([half], 'dynamodb:GetItem', table, {})).toBe(true);
  });

  test('close the absent key with the Null half', () => {
    expect(allows([both], 'dynamodb:GetItem', table, leading('LOG#1', 'CUT#all'))).toBe(true);
    expect(allows([both], 'dynamodb:GetItem', table, leading('LOG#1', 'JWKS'))).toBe(false);
    expect(allows([both], 'dynamodb:GetItem', table, {})).toBe(false);
    expect(allows([both], 'dynamodb:GetItem', table, leading())).toBe(false);
  });

  test('ask one value of ForAnyValue, and take an absent key for none', () => {
    const any = allow({
      Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': 'JWKS' } },
    });
    expect(allows([any], 'dynamodb:GetItem', table, leading('LOG#1', 'JWKS'))).toBe(true);
    expect(allows([any], 'dynamodb:GetItem', table, {})).toBe(false);
  });

  test('need every operator and every key of the statement', () => {
    const strict = allow({
      Condition: {
        StringEquals: { 'aws:SourceAccount': '000000000000' },
        ArnLike: { 'AWS:sourcearn': 'arn:aws:s3:::bucket*' },
      },
    });
    const right = {
      'aws:SourceAccount': ['000000000000'],
      'aws:SourceArn': ['arn:aws:s3:::bucket1'],
    };
    expect(allows([strict], 'dynamodb:GetItem', table, right)).toBe(true);
    expect(
      allows([strict], 'dynamodb:GetItem', table, { ...right, 'aws:SourceAccount': ['1'] }),
    ).toBe(false);
    expect(
      allows([strict], 'dynamodb:GetItem', table, { 'aws:SourceAccount': ['000000000000'] }),
    ).toBe(false);
  });

  test('know Bool and StringNotEquals, which an absent key satisfies', () => {
    const bool = allow({ Condition: { Bool: { 'secretsmanager:VersionStage': 'TRUE' } } });
    const stage = (value: string): RequestContext => ({ 'secretsmanager:VersionStage': [value] });
    expect(allows([bool], 'dynamodb:GetItem', table, stage('true'))).toBe(true);
    expect(allows([bool], 'dynamodb:GetItem', table, stage('false'))).toBe(false);
    const not = allow({
      Condition: { StringNotEquals: { 'secretsmanager:VersionStage': ['AWSPENDING'] } },
    });
    expect(allows([not], 'dynamodb:GetItem', table, stage('AWSCURRENT'))).toBe(true);
    expect(allows([not], 'dynamodb:GetItem', table, stage('AWSPENDING'))).toBe(false);
    expect(allows([not], 'dynamodb:GetItem', table, {})).toBe(true);
  });

  test('ForAllValues with its Null half is what it says, for any keys', () => {
    const key = fc.constantFrom('LOG#1', 'LOG#', 'CUT#x', 'JWKS', 'log#1', '');
    fc.assert(
      fc.property(fc.array(key, { maxLength: 5 }), (keys) => {
        const wanted = keys.length > 0 && keys.every((each) => /^(LOG|CUT)#/.test(each));
        expect(allows([both], 'dynamodb:GetItem', table, leading(...keys))).toBe(wanted);
      }),
    );
  });
});

describe('patterns', () => {
  test('match exactly as a plain search by backtracking does', () => {
    const naive = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === '';
      if (pattern[0] === '*') {
        return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
      }
      return (
        text !== '' && ['?', text[0]].includes(pattern[0]) && naive(pattern.slice(1), text.slice(1))
      );
    };
    const characters = fc.constantFrom('a', 'b', '.', '*', '?', '[', '\\', '$', '^', '\n');
    const text = fc.array(characters, { maxLength: 8 }).map((each) => each.join(''));
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        expect(wildcard(pattern)(subject)).toBe(naive(pattern, subject));
      }),
      { numRuns: 2000 },
    );
  });

  test('of ARNs do not reach over a colon, except in the last part', () => {
    const api = 'arn:aws:execute-api:eu-central-1:000000000000:abc/*/POST/oauth2/token';
    expect(arnLike('arn:aws:execute-api:eu-central-1:000000000000:abc/*')(api)).toBe(true);
    expect(arnLike('arn:aws:*:abc/*')(api)).toBe(false);
    expect(arnLike('arn:aws:execute-api:*:*:abc/*')(api)).toBe(true);
    expect(arnLike('arn:aws:logs:*:*:log-group:/aws/*')('arn:aws:logs:r:a:log-group:/aws/x')).toBe(
      true,
    );
    expect(arnLike('*')(api)).toBe(false);
  });
});
