import { partition, physicalId, physicalName, urlSuffix } from './physical-name.ts';

/** A resource whose names are asked for. */
export interface Referred {
  readonly stackName: string;
  readonly logicalId: string;
  readonly accountId: string;
  readonly region: string;
  /** One of its properties, resolved; `undefined` when the template does not set it. */
  property(name: string): unknown;
  /** ARN of a secret, which has random characters that only Secrets Manager knows. */
  secretArn(): string;
  /** Where an API answers. */
  apiUrl(): string;
}

type Reference = (referred: Referred) => string;

const id10: Reference = ({ stackName, logicalId }) => physicalId(stackName, logicalId, 10);
const id6: Reference = ({ stackName, logicalId }) => physicalId(stackName, logicalId, 6);

function named(property: string, charactersMax: number): Reference {
  return (referred) => {
    const name = referred.property(property);
    return typeof name === 'string'
      ? name
      : physicalName(referred.stackName, referred.logicalId, charactersMax);
  };
}

function arn(service: string, resource: Reference, global = false): Reference {
  return (referred) =>
    `arn:${partition}:${service}:${global ? '' : referred.region}:${referred.accountId}:${resource(referred)}`;
}

const property =
  (name: string): Reference =>
  (referred) =>
    String(referred.property(name));

const functionName = named('FunctionName', 64);
const functionArn = arn('lambda', (referred) => `function:${functionName(referred)}`);
/** A version may name its function by name or by ARN. */
const versionArn: Reference = (referred) => {
  const target = String(referred.property('FunctionName'));
  const base = target.startsWith('arn:')
    ? target
    : arn('lambda', () => `function:${target}`)(referred);
  return `${base}:1`;
};
const tableName = named('TableName', 255);
const tableArn = arn('dynamodb', (referred) => `table/${tableName(referred)}`);
const roleName = named('RoleName', 64);
const policyArn = arn('iam', (r) => `policy/${named('ManagedPolicyName', 128)(r)}`, true);
const logGroupName = named('LogGroupName', 512);
const topicName = named('TopicName', 256);
const topicArn = arn('sns', topicName);
const alarmName = named('AlarmName', 255);
const ruleName = named('Name', 64);
/** A key within a plan has the ids of both. */
const planKeyId: Reference = ({ property }) => `${property('KeyId')}:${property('UsagePlanId')}`;
/** What a record of the domain would point at. */
const regionalDomainName: Reference = (referred) =>
  `d-${id10(referred)}.execute-api.${referred.region}.${urlSuffix}`;
const secretArn: Reference = (referred) => referred.secretArn();

/** What `Ref` answers, by type. */
export const refs: Readonly<Record<string, Reference>> = {
  'AWS::ApiGateway::Account': id6,
  'AWS::ApiGateway::ApiKey': id10,
  'AWS::ApiGateway::Authorizer': id6,
  'AWS::ApiGateway::BasePathMapping': id10,
  'AWS::ApiGateway::Deployment': id6,
  'AWS::ApiGateway::DomainName': property('DomainName'),
  'AWS::ApiGateway::GatewayResponse': id6,
  'AWS::ApiGateway::Method': id6,
  'AWS::ApiGateway::Resource': id6,
  'AWS::ApiGateway::RestApi': id10,
  'AWS::ApiGateway::Stage': property('StageName'),
  'AWS::ApiGateway::UsagePlan': id6,
  'AWS::ApiGateway::UsagePlanKey': planKeyId,
  'AWS::ApiGatewayV2::Api': id10,
  'AWS::ApiGatewayV2::ApiMapping': id6,
  'AWS::ApiGatewayV2::Authorizer': id6,
  'AWS::ApiGatewayV2::Deployment': id6,
  'AWS::ApiGatewayV2::DomainName': property('DomainName'),
  'AWS::ApiGatewayV2::Integration': id6,
  'AWS::ApiGatewayV2::Route': id6,
  'AWS::ApiGatewayV2::RouteResponse': id6,
  'AWS::ApiGatewayV2::Stage': property('StageName'),
  'AWS::CertificateManager::Certificate': arn('acm', (referred) => `certificate/${id10(referred)}`),
  'AWS::CloudWatch::Alarm': alarmName,
  'AWS::CloudWatch::Dashboard': named('DashboardName', 255),
  'AWS::DynamoDB::GlobalTable': tableName,
  'AWS::DynamoDB::Table': tableName,
  'AWS::Events::Rule': ruleName,
  'AWS::IAM::ManagedPolicy': policyArn,
  'AWS::IAM::Policy': property('PolicyName'),
  'AWS::IAM::Role': roleName,
  'AWS::Lambda::Function': functionName,
  'AWS::Lambda::Permission': id10,
  'AWS::Lambda::Version': versionArn,
  'AWS::Logs::LogGroup': logGroupName,
  'AWS::Logs::MetricFilter': named('FilterName', 512),
  'AWS::SNS::Subscription': arn('sns', (referred) => id10(referred)),
  'AWS::SNS::Topic': topicArn,
  'AWS::SSM::Parameter': named('Name', 1_011),
  'AWS::SecretsManager::RotationSchedule': property('SecretId'),
  'AWS::SecretsManager::Secret': secretArn,
  'Custom::Trigger': id10,
};

/** What `Fn::GetAtt` answers, by type and attribute. */
export const attributes: Readonly<Record<string, Readonly<Record<string, Reference>>>> = {
  'AWS::ApiGateway::ApiKey': { APIKeyId: id10 },
  'AWS::ApiGateway::Authorizer': { AuthorizerId: id6 },
  'AWS::ApiGateway::Deployment': { DeploymentId: id6 },
  'AWS::ApiGateway::DomainName': {
    DistributionDomainName: regionalDomainName,
    RegionalDomainName: regionalDomainName,
    RegionalHostedZoneId: id10,
  },
  'AWS::ApiGateway::Resource': { ResourceId: id6 },
  'AWS::ApiGateway::RestApi': {
    RestApiId: id10,
    RootResourceId: ({ stackName, logicalId }) => physicalId(stackName, `${logicalId}/`, 6),
  },
  'AWS::ApiGateway::UsagePlan': { Id: id6 },
  'AWS::ApiGateway::UsagePlanKey': { Id: planKeyId },
  'AWS::ApiGatewayV2::Api': {
    ApiId: id10,
    ApiEndpoint: (referred) =>
      referred.property('ProtocolType') === 'WEBSOCKET'
        ? referred.apiUrl().replace(/^http/, 'ws')
        : referred.apiUrl(),
  },
  'AWS::ApiGatewayV2::ApiMapping': { ApiMappingId: id6 },
  'AWS::ApiGatewayV2::Authorizer': { AuthorizerId: id6 },
  'AWS::ApiGatewayV2::Deployment': { DeploymentId: id6 },
  'AWS::ApiGatewayV2::DomainName': {
    RegionalDomainName: regionalDomainName,
    RegionalHostedZoneId: id10,
  },
  'AWS::ApiGatewayV2::Integration': { IntegrationId: id6 },
  'AWS::ApiGatewayV2::Route': { RouteId: id6 },
  'AWS::CloudWatch::Alarm': { Arn: arn('cloudwatch', (r) => `alarm:${alarmName(r)}`) },
  'AWS::DynamoDB::GlobalTable': { Arn: tableArn },
  'AWS::DynamoDB::Table': { Arn: tableArn },
  'AWS::Events::Rule': { Arn: arn('events', (r) => `rule/${ruleName(r)}`) },
  'AWS::IAM::ManagedPolicy': { PolicyArn: policyArn },
  'AWS::IAM::Role': { Arn: arn('iam', (r) => `role/${roleName(r)}`, true), RoleId: id10 },
  'AWS::Lambda::Function': { Arn: functionArn },
  'AWS::Lambda::Version': { FunctionArn: versionArn, Version: () => '1' },
  'AWS::Logs::LogGroup': { Arn: arn('logs', (r) => `log-group:${logGroupName(r)}:*`) },
  'AWS::SNS::Topic': { TopicArn: topicArn, TopicName: topicName },
  'AWS::SSM::Parameter': { Type: property('Type'), Value: property('Value') },
  'AWS::SecretsManager::Secret': { Id: secretArn },
};
