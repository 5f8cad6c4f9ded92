import { apiPermission, lambdaFunction, writeAssembly } from './assembly.ts';

/** Calls the AWS endpoint as a hosted function does, without the weight of an SDK. */
const aws = `const call = async (target, body) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.0',
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20000101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20000101T000000Z',
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...(await response.json()) };
};
`;

const handlers = {
  // The trigger: counts how often the deployment ran.
  seed: `${aws}export const handler = async (event) => {
    if (process.env.FAILS) throw new Error('no keys today');
    if (process.env.HANGS) { console.log('seeding'); await new Promise(() => {}); }
    if (event.Step !== undefined) return {};
    const { status } = await call('DynamoDB_20120810.UpdateItem', {
      TableName: process.env.TABLE,
      Key: { pk: { S: 'runs' } },
      UpdateExpression: 'ADD #n :one',
      ExpressionAttributeNames: { '#n': 'n' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    if (status !== 200) throw new Error('not allowed to seed');
    return {};
  };`,
  count: `${aws}export const handler = async (event) => {
    const { Item } = await call('DynamoDB_20120810.GetItem', { TableName: process.env.TABLE, Key: { pk: { S: 'runs' } } });
    const written = await call('DynamoDB_20120810.DeleteItem', { TableName: process.env.TABLE, Key: { pk: { S: 'runs' } } });
    const secret = await call('secretsmanager.GetSecretValue', { SecretId: process.env.SECRET });
    return { runs: Item?.n?.N, deleted: written.status, secret: secret.SecretString, self: process.env.SELF };
  };`,
  // Stands where a deployment has its operator function.
  admin: `export const handler = async (event) => {
    if (event.command === 'clients.show') return { ok: event.client_id === 'demo-id' };
    if (event.command === 'users.list') return { ok: true, result: [{ username: 'demo' }] };
    const secret = 'demo-' + Math.random();
    const result = { client_id: 'demo-id', client_secret: secret, api_key: 'kw_' + secret, password: secret };
    return { ok: true, result };
  };`,
};

const ref = (name: string) => ({ Ref: name });
const att = (...path: readonly string[]) => ({ 'Fn::GetAtt': path });

function policy(id: string, ...statements: readonly (readonly [string, object])[]) {
  return {
    [`${id}Policy`]: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: id,
        Roles: [ref(`${id}Role`)],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: statements.map(([Action, Resource]) => ({
            Effect: 'Allow',
            Action,
            Resource,
          })),
        },
      },
    },
  };
}

/**
 * A small product: a trigger that counts its runs in a table, as a rule does every hour, an HTTP API that tells the count
 * and a secret, an operator function named by an SSM parameter.
 *
 * @param environment of the trigger's function: `FAILS`, `HANGS`
 */
export function counterAssembly(environment: Readonly<Record<string, string>> = {}): string {
  const TABLE = ref('Table');
  return writeAssembly(
    {
      Counter: {
        Resources: {
          Table: {
            Type: 'AWS::DynamoDB::GlobalTable',
            Properties: {
              AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
              BillingMode: 'PAY_PER_REQUEST',
              Replicas: [{ Region: ref('AWS::Region'), DeletionProtectionEnabled: true }],
            },
          },
          Secret: {
            Type: 'AWS::SecretsManager::Secret',
            Properties: { SecretString: 'a secret' },
          },
          ...lambdaFunction('Seed', 'seed', {
            Environment: { Variables: { TABLE, ...environment } },
          }),
          ...policy('Seed', ['dynamodb:UpdateItem', att('Table', 'Arn')]),
          ...lambdaFunction('Count', 'count', {
            Environment: {
              Variables: { TABLE, SECRET: ref('Secret'), SELF: att('Api', 'ApiEndpoint') },
            },
          }),
          ...policy(
            'Count',
            ['dynamodb:GetItem', att('Table', 'Arn')],
            ['secretsmanager:GetSecretValue', ref('Secret')],
          ),
          ...apiPermission('Count'),
          ...lambdaFunction('Admin', 'admin'),
          AdminArn: {
            Type: 'AWS::SSM::Parameter',
            Properties: {
              ...{ Name: '/keyward/default/v1/admin-arn', Type: 'String' },
              Value: att('Admin', 'Arn'),
            },
          },
          Trigger: {
            Type: 'Custom::Trigger',
            Properties: { ServiceToken: 'arn:elsewhere', HandlerArn: att('Seed', 'Arn') },
          },
          Hourly: {
            Type: 'AWS::Events::Rule',
            Properties: {
              ...{ ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' },
              Targets: [{ Arn: att('Seed', 'Arn'), Id: 'Target0' }],
            },
          },
          MayRunHourly: {
            Type: 'AWS::Lambda::Permission',
            Properties: {
              ...{ Action: 'lambda:InvokeFunction', FunctionName: att('Seed', 'Arn') },
              ...{ Principal: 'events.amazonaws.com', SourceArn: att('Hourly', 'Arn') },
            },
          },
          MayRotate: {
            Type: 'AWS::Lambda::Permission',
            Properties: {
              ...{ Action: 'lambda:InvokeFunction', FunctionName: att('Seed', 'Arn') },
              ...{ Principal: 'secretsmanager.amazonaws.com', SourceArn: ref('Secret') },
            },
          },
          Schedule: {
            Type: 'AWS::SecretsManager::RotationSchedule',
            Properties: {
              ...{ SecretId: ref('Secret'), RotationLambdaARN: att('Seed', 'Arn') },
              ...{ RotateImmediatelyOnUpdate: false },
              RotationRules: { ScheduleExpression: 'rate(10 days)' },
            },
          },
          Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
          Stage: {
            Type: 'AWS::ApiGatewayV2::Stage',
            Properties: { ApiId: ref('Api'), StageName: '$default' },
          },
          Integration: {
            Type: 'AWS::ApiGatewayV2::Integration',
            Properties: {
              ...{ ApiId: ref('Api'), IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' },
              IntegrationUri: att('Count', 'Arn'),
            },
          },
          Route: {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: {
              ...{ ApiId: ref('Api'), RouteKey: 'ANY /oauth2/token' },
              Target: { 'Fn::Join': ['/', ['integrations', ref('Integration')]] },
            },
          },
        },
      },
    },
    handlers,
  );
}
