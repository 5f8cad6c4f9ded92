import { beforeAll, describe, expect, test } from 'vitest';
import { allowed, type Statement, statementsOf, synthesized } from './synthesized.ts';

let templates: ReturnType<typeof synthesized>;
beforeAll(() => {
  templates = synthesized();
});

describe('each function may do what its duty needs, and nothing else', () => {
  test.each([
    [
      'token endpoint',
      [
        'dynamodb:GetItem CL#*',
        'dynamodb:Query LOG#*',
        'dynamodb:UpdateItem SEEN#secret#* POLL#*',
        'secretsmanager:GetSecretValue AWSCURRENT',
      ],
    ],
    [
      'revocation endpoint',
      [
        'dynamodb:GetItem CL#* AK#*',
        'dynamodb:GetItem JWKS',
        'dynamodb:Query LOG#*',
        'dynamodb:UpdateItem AK#*: pk v status updatedAt revision',
        'dynamodb:UpdateItem LIM#rate#* SEEN#secret#* POLL#*',
        'dynamodb:UpdateItem LOG#*',
      ],
    ],
    [
      'introspection endpoint',
      [
        'dynamodb:GetItem CL#* AK#*',
        'dynamodb:GetItem JWKS',
        'dynamodb:Query LOG#*',
        'dynamodb:UpdateItem SEEN#secret#* POLL#*',
        'secretsmanager:GetSecretValue AWSCURRENT',
      ],
    ],
    ['JWK Set', ['dynamodb:GetItem JWKS']],
    ['authorization server metadata', []],
    [
      'operator commands',
      [
        'dynamodb:BatchGetItem SEEN#*',
        'dynamodb:DeleteItem CL#* AK#* BU#* CP#* CR#* CX#*',
        'dynamodb:GetItem CL#* AK#* BU#* CP#* CR#* CX#*',
        'dynamodb:GetItem JWKS CUT#*',
        'dynamodb:PutItem CL#* AK#* BU#* CP#* CR#* CX#*',
        'dynamodb:Query LOG#* CUT#*',
        'dynamodb:Scan',
        'dynamodb:UpdateItem LOG#* CUT#*',
      ],
    ],
    [
      'makes and rotates the signing keys',
      [
        'dynamodb:DeleteItem JWKS',
        'dynamodb:GetItem JWKS',
        'dynamodb:PutItem JWKS',
        'dynamodb:UpdateItem LOG#*',
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
      'dynamodb:Query LOG#*',
      'dynamodb:UpdateItem',
      'dynamodb:UpdateItem POLL#* SEEN#* LIM#basic#*',
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
