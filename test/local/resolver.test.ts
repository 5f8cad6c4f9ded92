// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub is written
import { describe, expect, test } from 'vitest';
import { loadAssembly } from '../../local/template/assembly.ts';
import { type Resource, resolveAssembly } from '../../local/template/resolve-assembly.ts';
import { worldSpec } from '../../local/template/world.ts';
import {
  apiPermission,
  invocationUri,
  lambdaFunction,
  type StackSource,
  writeAssembly,
} from '../support/assembly.ts';

const options = {
  apiUrl: () => 'http://127.0.0.1:8787',
  secretArn: (name: string) =>
    `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`,
};

type Stacks = Parameters<typeof writeAssembly>[0];

function resolved(stacks: Stacks): readonly Resource[] {
  return resolveAssembly(loadAssembly(writeAssembly(stacks)), options).resources;
}

/** The value of an SSM parameter whose text is the expression. */
function value(expression: unknown, rest: Partial<StackSource> = {}): unknown {
  const parameter = {
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Value: expression },
  };
  const { Resources = {}, ...sections } = rest;
  const all = resolved({ Main: { Resources: { ...Resources, Value: parameter }, ...sections } });
  return all.find(({ logicalId }) => logicalId === 'Value')?.properties.Value;
}

const ref = (name: string) => ({ Ref: name });
const att = (...path: readonly string[]) => ({ 'Fn::GetAtt': path });

describe('intrinsic functions', () => {
  test('pseudo parameters say where the runner pretends to be', () => {
    const names = ['AccountId', 'Region', 'Partition', 'URLSuffix', 'StackName'];
    const parts = names.map((name) => ref(`AWS::${name}`));
    expect(value({ 'Fn::Join': [' ', parts] })).toBe(
      '000000000000 us-east-1 aws amazonaws.com Main',
    );
  });

  test('Join, Select, Split and Base64 nest', () => {
    const split = { 'Fn::Split': [':', { 'Fn::Join': [':', ['a', 'b', 1, true]] }] };
    expect(value({ 'Fn::Select': ['2', split] })).toBe('1');
    expect(value({ 'Fn::Select': [3, split] })).toBe('true');
    expect(value({ 'Fn::Base64': 'ä' })).toBe('w6Q=');
    expect(() => value({ 'Fn::Select': [9, split] })).toThrow('Main/Value');
  });

  test('Sub takes references, attributes, variables of its own, and leaves ${!literals}', () => {
    expect(value({ 'Fn::Sub': 'a-${AWS::Region}-${!AWS::Region}' })).toBe(
      'a-us-east-1-${AWS::Region}',
    );
    const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    expect(
      value({ 'Fn::Sub': ['${x}/${Table.Arn}', { x: ref('Table') }] }, { Resources: table }),
    ).toBe('Main-Table/arn:aws:dynamodb:us-east-1:000000000000:table/Main-Table');
  });

  test('conditions choose, and NoValue leaves a member out', () => {
    const Conditions = {
      Yes: { 'Fn::Equals': [ref('AWS::Region'), 'us-east-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    };
    const choose = (name: string) =>
      value({ 'Fn::If': [name, 'yes', ref('AWS::NoValue')] }, { Conditions });
    expect([choose('Yes'), choose('Either')]).toEqual(['yes', 'yes']);
    expect([choose('No'), choose('Both')]).toEqual([undefined, undefined]);
  });

  test('a resource whose condition is false is not there', () => {
    const Topic = { Type: 'AWS::SNS::Topic', Condition: 'Never' };
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    expect(resolved({ Main: { Resources: { Topic }, Conditions } })).toEqual([]);
  });

  test('mappings and parameters are looked up, and a parameter without a default stops the start', () => {
    const Mappings = { Regions: { 'us-east-1': { zone: 'a' } } };
    expect(value({ 'Fn::FindInMap': ['Regions', ref('AWS::Region'), 'zone'] }, { Mappings })).toBe(
      'a',
    );
    const Parameters = { Stage: { Type: 'String', Default: 'dev' }, Open: { Type: 'String' } };
    expect(value(ref('Stage'), { Parameters })).toBe('dev');
    expect(() => value(ref('Open'), { Parameters })).toThrow('Open');
  });

  test('a parameter of the type of an SSM parameter is read from the hosted ones', () => {
    const Named = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/keyward/issuer', Type: 'String', Value: 'https://issuer.example' },
    };
    const Type = 'AWS::SSM::Parameter::Value<String>';
    const Parameters = { Issuer: { Type, Default: '/keyward/issuer' } };
    expect(value(ref('Issuer'), { Parameters, Resources: { Named } })).toBe(
      'https://issuer.example',
    );
  });

  test('weak references and imports reach into other hosted stacks', () => {
    const stacks = (expression: object) =>
      resolved({
        // In the manifest before the stack that it depends on.
        Consumer: {
          dependencies: ['Producer'],
          Resources: {
            Value: {
              Type: 'AWS::SSM::Parameter',
              Properties: { Type: 'String', Value: expression },
            },
          },
        },
        Producer: {
          Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } },
          Outputs: {
            Name: {
              Value: ref('Table'),
              Export: { Name: { 'Fn::Sub': '${AWS::StackName}:name' } },
            },
          },
        },
      }).map(({ stackName, properties }) => [stackName, properties.Value]);
    const expected = [
      ['Producer', undefined],
      ['Consumer', 'Producer-Table'],
    ];
    const weak = { StackName: 'Producer', Region: ref('AWS::Region'), OutputName: 'Name' };
    expect(stacks({ 'Fn::GetStackOutput': weak })).toEqual(expected);
    expect(stacks({ 'Fn::ImportValue': 'Producer:name' })).toEqual(expected);
    expect(() => stacks({ 'Fn::ImportValue': 'nobody' })).toThrow('nobody');
  });
});

describe('references', () => {
  test('names and ARNs are the same in every run', () => {
    const Resources = {
      Fn: { Type: 'AWS::Lambda::Function', Properties: {} },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: ref('Fn') } },
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
    };
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:Main-Fn';
    expect(value(ref('Fn'), { Resources })).toBe('Main-Fn');
    expect(value(att('Fn', 'Arn'), { Resources })).toBe(arn);
    expect(value(ref('Version'), { Resources })).toBe(`${arn}:1`);
    expect(value(ref('Secret'), { Resources })).toBe(options.secretArn('Main-Secret'));
  });

  test('the address of an API on AWS becomes its local one, wherever it is put together', () => {
    const Resources = {
      Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
      Rest: { Type: 'AWS::ApiGateway::RestApi', Properties: {} },
    };
    expect(value(att('Http', 'ApiEndpoint'), { Resources })).toBe('http://127.0.0.1:8787');
    const joined = {
      'Fn::Sub': 'https://${Rest}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod/',
    };
    expect(value(joined, { Resources })).toBe('http://127.0.0.1:8787/prod/');
    const other = 'https://elsewhere.execute-api.us-east-1.amazonaws.com/';
    expect(value(other, { Resources })).toBe(other);
  });

  test('an attribute that is not known stops the start and names the resource', () => {
    const Resources = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    expect(() => value(att('Table', 'StreamArn'), { Resources })).toThrow(
      /^Main\/Value.*Table \(AWS::DynamoDB::Table\) has no known attribute StreamArn$/,
    );
    expect(() => value(ref('Nothing'))).toThrow('Nothing');
  });

  test('a value that needs itself is refused instead of followed', () => {
    const output = { 'Fn::GetStackOutput': { StackName: 'Main', OutputName: 'Loop' } };
    expect(() => value(output, { Outputs: { Loop: { Value: output } } })).toThrow('itself');
  });
});

describe('what is not hosted', () => {
  test.each([
    ['a type', { Type: 'AWS::SQS::Queue' }, 'Main/It: AWS::SQS::Queue is not hosted'],
    [
      'a property',
      { Type: 'AWS::DynamoDB::Table', Properties: { StreamSpecification: {} } },
      'Main/It: StreamSpecification of AWS::DynamoDB::Table is not hosted',
    ],
    [
      'a dynamic reference',
      { Type: 'AWS::SNS::Topic', Properties: { TopicName: '{{resolve:ssm:name}}' } },
      'dynamic references',
    ],
    ['a missing dependency', { Type: 'AWS::SNS::Topic', DependsOn: ['Gone'] }, 'Gone'],
    ['a macro', { Type: 'AWS::SNS::Topic', Properties: { 'Fn::Transform': {} } }, 'Fn::Transform'],
  ])('%s is refused, with its logical id', (_, It, sentence) => {
    expect(() => resolved({ Main: { Resources: { It } } })).toThrow(sentence);
  });

  test('a section that changes the template is refused', () => {
    const transformed = { Main: { Resources: {}, Transform: 'AWS::Serverless-2016-10-31' } };
    expect(() => resolved(transformed)).toThrow('Transform');
  });

  test.each([
    ['a JWT authorizer', { AuthorizerType: 'JWT' }, 'type JWT'],
    ['a TTL without an identity source', { AuthorizerResultTtlInSeconds: 5 }, 'IdentitySource'],
    ['an unknown identity source', { IdentitySource: ['$request.path.id'] }, '$request.path.id'],
  ])('%s stops the start', (_, properties, sentence) => {
    const directory = writeAssembly(
      {
        Main: {
          Resources: {
            ...lambdaFunction('Auth', 'auth'),
            Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
            Authorizer: {
              Type: 'AWS::ApiGatewayV2::Authorizer',
              Properties: {
                ApiId: ref('Api'),
                AuthorizerType: 'REQUEST',
                AuthorizerUri: invocationUri('Auth'),
                AuthorizerPayloadFormatVersion: '2.0',
                ...properties,
              },
            },
          },
        },
      },
      { auth: '' },
    );
    expect(() => worldSpec(loadAssembly(directory), options)).toThrow(sentence);
  });

  test('a method without its integration and a function without its code stop the start', () => {
    const method = {
      Api: { Type: 'AWS::ApiGateway::RestApi' },
      Method: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          ...{ RestApiId: ref('Api'), ResourceId: att('Api', 'RootResourceId') },
          ...{ HttpMethod: 'GET', AuthorizationType: 'NONE' },
        },
      },
    };
    const world = (Resources: Readonly<Record<string, object>>) => () =>
      worldSpec(loadAssembly(writeAssembly({ Main: { Resources } })), options);
    expect(world(method)).toThrow('Main/Method: Integration');
    expect(world(lambdaFunction('Fn', 'gone'))).toThrow('Main/Fn: its code');
  });
});

describe('functions', () => {
  const statement = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
  const document = (Action: string) => ({ Version: '2012-10-17', Statement: [statement(Action)] });

  test('carry what the template gives them, and the policies of their role from everywhere', () => {
    const directory = writeAssembly(
      {
        Main: {
          Resources: {
            ...lambdaFunction('Fn', 'code', {
              Environment: { Variables: { TABLE: ref('Table'), NUMBER: 5 } },
              MemorySize: 512,
              Timeout: '7',
            }),
            ...apiPermission('Fn'),
            FnRole: {
              Type: 'AWS::IAM::Role',
              Properties: {
                AssumeRolePolicyDocument: {},
                Policies: [{ PolicyName: 'inline', PolicyDocument: document('a:Inline') }],
                ManagedPolicyArns: [
                  ref('Managed'),
                  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
                ],
              },
            },
            Managed: {
              Type: 'AWS::IAM::ManagedPolicy',
              Properties: { PolicyDocument: document('a:Managed') },
            },
            Policy: {
              Type: 'AWS::IAM::Policy',
              Properties: {
                ...{
                  PolicyName: 'p',
                  PolicyDocument: document('a:Policy'),
                  Roles: [ref('FnRole')],
                },
              },
            },
            Table: { Type: 'AWS::DynamoDB::Table', Properties: tableKeys },
          },
        },
      },
      { code: 'export const handler = async () => null;' },
    );
    const world = worldSpec(loadAssembly(directory), options);
    const [fn] = world.functions;
    expect(fn).toMatchObject({
      name: 'Main-Fn',
      handler: 'index.handler',
      environment: { TABLE: 'Main-Table', NUMBER: '5' },
      memoryMiB: 512,
      timeoutSeconds: 7,
    });
    const actions = fn?.policies.flatMap(({ Statement }) => Statement.map(({ Action }) => Action));
    expect(actions?.toSorted()).toEqual(['a:Inline', 'a:Managed', 'a:Policy']);
    expect(world.permissions).toEqual([
      {
        functionName: fn?.arn,
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
      },
    ]);
    expect(world.tables).toEqual([{ name: 'Main-Table', partitionKey: 'pk', sortKey: 'sk' }]);
  });

  const tableKeys = {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
  };

  test('behind a Trigger come in the order of its dependencies; its provider is not hosted', () => {
    const trigger = (id: string, ...DependsOn: readonly string[]) => ({
      [id]: {
        Type: 'Custom::Trigger',
        Properties: { ServiceToken: att('Provider', 'Arn'), HandlerArn: att('Fn', 'Arn') },
        DependsOn,
      },
    });
    const directory = writeAssembly(
      {
        Main: {
          Resources: {
            ...trigger('Second', 'Between'),
            Between: { Type: 'AWS::SNS::Topic', DependsOn: 'First' },
            ...trigger('First'),
            ...lambdaFunction('Fn', 'code'),
            ...lambdaFunction('Provider', 'gone'),
          },
        },
      },
      { code: '' },
    );
    const world = worldSpec(loadAssembly(directory), options);
    expect(world.triggers.map(({ logicalId }) => logicalId)).toEqual(['First', 'Second']);
    expect(world.functions.map(({ logicalId }) => logicalId)).toEqual(['Fn']);
  });
});
