import { beforeAll, describe, expect, test } from 'vitest';
import { type Statement, statementsOf, synthesized } from './synthesized.ts';

let templates: ReturnType<typeof synthesized>;
beforeAll(() => {
  templates = synthesized();
});

/** `action on keys` of every statement, without the function's own log group. */
function allowed(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ Action }) => !JSON.stringify(Action).includes('logs:'))
    .flatMap(({ Effect, Action, Condition }) => {
      expect(Effect).toBe('Allow');
      const keys = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
      const stage = Condition?.StringEquals?.['secretsmanager:VersionStage'];
      // ForAllValues is true for an absent key: without the second half the condition holds nothing back.
      if (keys !== undefined) expect(Condition?.Null).toEqual({ 'dynamodb:LeadingKeys': 'false' });
      return [Action].flat().map((action) => `${action}${suffix(keys)}${suffix(stage)}`);
    })
    .sort();
}

function suffix(value: unknown): string {
  return value === undefined ? '' : ` ${[value].flat().join(' ')}`;
}

describe('each function may do what its duty needs, and nothing else', () => {
  test.each([
    ['token endpoint', ['dynamodb:GetItem CL#*', 'secretsmanager:GetSecretValue AWSCURRENT']],
    ['JWK Set', ['dynamodb:GetItem JWKS']],
    ['authorization server metadata', []],
    [
      'operator commands',
      [
        'dynamodb:BatchGetItem SEEN#*',
        'dynamodb:DeleteItem CL#* AK#* BU#* CP#* CR#* CX#*',
        'dynamodb:GetItem CL#* AK#* BU#* CP#* CR#* CX#*',
        'dynamodb:GetItem JWKS',
        'dynamodb:PutItem CL#* AK#* BU#* CP#* CR#* CX#*',
        'dynamodb:Scan',
      ],
    ],
    [
      'makes and rotates the signing keys',
      [
        'dynamodb:DeleteItem JWKS',
        'dynamodb:GetItem JWKS',
        'dynamodb:PutItem JWKS',
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
    ],
  ])('%s', (duty, expected) => {
    expect(allowed(statementsOf(templates.keyward, `Keyward: ${duty}`))).toEqual(expected);
  });

  test('combined authorizer', () => {
    const statements = statementsOf(templates.demo, 'Keyward: combined authorizer');
    expect(allowed(statements)).toEqual([
      'dynamodb:GetItem AK#* BU#* CP#* CR#* CX#*',
      'dynamodb:GetItem JWKS',
      'dynamodb:GetItem LIM#basic#*',
      'dynamodb:UpdateItem SEEN#* LIM#basic#*',
    ]);
  });

  test('no statement of ours names every resource', () => {
    for (const template of [templates.keyward, templates.demo]) {
      for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
        for (const { Resource } of policy.Properties.PolicyDocument.Statement as Statement[]) {
          expect([Resource].flat()).not.toContain('*');
        }
      }
    }
  });

  test('Secrets Manager may invoke the rotation for this secret of this account alone', () => {
    const permissions = Object.values(templates.keyward.findResources('AWS::Lambda::Permission'));
    const theirs = permissions.filter(
      ({ Properties }) => Properties.Principal === 'secretsmanager.amazonaws.com',
    );
    expect(theirs).toHaveLength(1);
    expect(theirs[0]?.Properties).toMatchObject({
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: { Ref: expect.stringContaining('KeyRing') },
    });
  });
});
