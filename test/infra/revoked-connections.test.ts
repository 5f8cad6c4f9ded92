import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, test } from 'vitest';
import { fromEnv } from '../../functions/connections/config.ts';
import type { Scheme } from '../../functions/core/routes/credential.ts';
import { defineRoutes, requires } from '../../functions/core/routes/route-policy.ts';
import { CombinedAuthorizer } from '../../infra/authorizers/combined-authorizer.ts';
import { ProtectedWebSocketApi } from '../../infra/protected-websocket-api.ts';
import { RevokedConnections } from '../../infra/revoked-connections.ts';
import { consumer } from './consumer.ts';
import { type Statement, statementsOf } from './synthesized.ts';

const closes = 'Keyward: closes revoked connections';
const integration = () => new WebSocketMockIntegration('Mock');

function protectedApi(schemes: readonly Scheme[] = ['bearer', 'apikey'], closesRevoked?: boolean) {
  const world = consumer(defineRoutes({ $connect: requires({ schemes }) }));
  new ProtectedWebSocketApi(world.stack, 'Events', {
    ...{ authorizer: world.authorizer, integration },
    ...(closesRevoked === undefined ? {} : { closesRevoked }),
  });
  return { ...world, template: Template.fromStack(world.stack) };
}

const api = { Ref: expect.stringMatching(/^EventsApi/) };
const stageKey = { 'Fn::Join': ['', [api, '/live']] };
const table = { 'Fn::GetAtt': [expect.stringMatching(/^AuthorizerConnections/), 'Arn'] };

/** Every right beside the function's own log: what it may do, to what, under which keys. */
function rights(statements: readonly Statement[]) {
  return statements
    .filter(({ Action }) => !JSON.stringify(Action).includes('logs:'))
    .map(({ Action, Resource, Condition }) => ({
      ...{ Action, Resource },
      keys: Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'],
    }));
}

describe('the function that closes connections', () => {
  test('may read and forget those of its stage, follow the log, read records, and close: nothing else', () => {
    const { template } = protectedApi();
    expect(rights(statementsOf(template, closes))).toEqual([
      { Action: ['dynamodb:Query', 'dynamodb:DeleteItem'], Resource: table, keys: [stageKey] },
      { Action: 'dynamodb:Query', Resource: expect.anything(), keys: ['LOG#*'] },
      { Action: 'dynamodb:GetItem', Resource: expect.anything(), keys: ['AK#*'] },
      {
        Action: 'execute-api:ManageConnections',
        Resource: {
          'Fn::Join': [
            '',
            [
              ...['arn:', { Ref: 'AWS::Partition' }, ':execute-api:', { Ref: 'AWS::Region' }, ':'],
              ...[{ Ref: 'AWS::AccountId' }, ':', api, '/live/DELETE/@connections/*'],
            ],
          ],
        },
        keys: undefined,
      },
    ]);
  });

  test.each<[readonly Scheme[], readonly string[]]>([
    [['bearer'], []],
    [['basic'], ['BU#*']],
    [
      ['apikey', 'basic'],
      ['AK#*', 'BU#*'],
    ],
  ])('of an API that takes %j reads records under %j', (schemes, keys) => {
    const statements = rights(statementsOf(protectedApi(schemes).template, closes));
    const reads = statements.filter(({ Action }) => Action === 'dynamodb:GetItem');
    expect(reads.flatMap((one) => one.keys)).toEqual(keys);
  });

  test('runs every minute, and nobody repeats a run: the next one comes anyway', () => {
    const { template } = protectedApi();
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
    });
  });

  test('ends its run before the next one begins', () => {
    const [found] = Object.values(
      protectedApi().template.findResources('AWS::Lambda::Function', {
        Properties: { Description: closes },
      }),
    );
    expect(found?.Properties.Timeout).toBeLessThan(60);
  });

  test('accepts the environment that its template gives it', () => {
    const { template } = protectedApi();
    const [found] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { Description: closes } }),
    );
    const given = found?.Properties.Environment.Variables as Record<string, unknown>;
    const { CALLBACK_URL, STAGE } = given;
    expect(STAGE).toEqual(stageKey);
    expect(CALLBACK_URL).toEqual({
      'Fn::Join': [
        '',
        [
          ...['https://', api, '.execute-api.', { Ref: 'AWS::Region' }, '.'],
          ...[{ Ref: 'AWS::URLSuffix' }, '/live'],
        ],
      ],
    });
    const resolved = Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : name,
    ]);
    const known = { STAGE: 'abc/live', CALLBACK_URL: 'https://abc.execute-api.example/live' };
    expect(fromEnv({ ...Object.fromEntries(resolved), ...known })).toMatchObject({
      stage: 'abc/live',
      accessTokenLifetimeMaxSeconds: 3_600,
    });
  });

  test('fails synth by name when its authorizer is not the one of the API: it would close nothing', () => {
    const { stack, authorizer, problem } = consumer(
      defineRoutes({ $connect: requires({ schemes: ['bearer'] }) }),
    );
    const other = new CombinedAuthorizer(stack, 'Other', {
      ...{ keyward: authorizer.keyward, audience: 'https://other.example.com' },
      routes: authorizer.routes,
    });
    const { stage } = new ProtectedWebSocketApi(stack, 'Events', {
      ...{ authorizer, integration, closesRevoked: false },
    });
    new RevokedConnections(stack, 'Revoked', { authorizer: other, stage });
    expect(problem()).toContain('Consumer/Other does not guard Consumer/Events/Api');
  });

  test('says within how many seconds a connection is closed, as the documents do', () => {
    const outputs = Object.values(protectedApi().template.findOutputs('*')).filter(
      ({ Description }) => Description.includes('open connection'),
    );
    expect(outputs).toMatchObject([{ Value: '90 s' }]);
    const page = join(import.meta.dirname, '..', '..', 'docs', 'revocation-lag.md');
    expect(readFileSync(page, 'utf8')).toContain('closed within 90 s');
  });
});

describe('an authorizer', () => {
  function connectionsTableOf(template: Template): unknown {
    const [found] = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { Description: 'Keyward: combined authorizer' },
      }),
    );
    return found?.Properties.Environment.Variables.CONNECTIONS_TABLE;
  }

  test('may write to the table of its connections, which its environment names, and read nothing of it', () => {
    const { template } = protectedApi();
    const own = rights(statementsOf(template, 'Keyward: combined authorizer')).filter(
      ({ Resource }) => JSON.stringify(Resource).includes('Connections'),
    );
    expect(own).toEqual([{ Action: 'dynamodb:UpdateItem', Resource: table, keys: undefined }]);
    expect(connectionsTableOf(template)).toEqual({ Ref: table['Fn::GetAtt'][0] });
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Delete',
      Properties: { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
    });
  });

  test('has no such table where somebody else closes connections', () => {
    const { template } = protectedApi(['bearer'], false);
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
    template.resourceCountIs('AWS::Events::Rule', 0);
    expect(connectionsTableOf(template)).toBe('');
  });

  test('has one table for all of its APIs, be they in other stacks, and each has a function that sees its own', () => {
    const { app, stack, authorizer, problem } = consumer(
      defineRoutes({ $connect: requires({ schemes: ['bearer'] }) }),
    );
    const stacks = ['One', 'Two'].map((name) => new Stack(app, name));
    for (const each of stacks) {
      const own = new WebSocketApi(each, 'Api');
      const guard = authorizer.guardWebSocketApi(own);
      own.addRoute('$connect', { integration: integration(), authorizer: guard.authorizer() });
      const live = new WebSocketStage(each, 'Stage', { webSocketApi: own, stageName: 'live' });
      new RevokedConnections(each, 'Revoked', { authorizer, stage: live });
    }
    expect(problem()).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
    for (const each of stacks) {
      const [own] = rights(statementsOf(Template.fromStack(each), closes));
      expect(JSON.stringify(own?.keys)).toMatch(/"Ref":"Api/);
    }
  });
});
