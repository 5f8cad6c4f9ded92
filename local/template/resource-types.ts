/**
 * What the runner does with each type of resource. A type or a property is added here on purpose: whatever is not
 * listed stops the start, because a template that is hosted in part proves nothing.
 */

export interface HostedType {
  /** Properties that the runner acts on. */
  readonly read: readonly string[];
  /** Properties that change nothing on one machine: protection, encryption, logs, names for people. */
  readonly ignored: readonly string[];
}

const hosted: Readonly<Record<string, HostedType>> = {
  'AWS::ApiGateway::ApiKey': {
    read: ['Name', 'Value', 'Enabled'],
    // `StageKeys` is what bound a key to a stage before there were usage plans; it lets nobody in any more.
    ignored: ['CustomerId', 'Description', 'GenerateDistinctId', 'StageKeys', 'Tags'],
  },
  'AWS::ApiGateway::Authorizer': {
    read: [
      ...['RestApiId', 'Type', 'AuthorizerUri', 'IdentitySource'],
      ...['IdentityValidationExpression', 'AuthorizerResultTtlInSeconds'],
    ],
    ignored: ['Name', 'AuthType'],
  },
  'AWS::ApiGateway::BasePathMapping': {
    read: ['BasePath', 'DomainName', 'RestApiId', 'Stage'],
    ignored: [],
  },
  'AWS::ApiGateway::Deployment': { read: ['RestApiId'], ignored: ['Description'] },
  'AWS::ApiGateway::DomainName': {
    read: [
      ...['DomainName', 'EndpointConfiguration', 'MutualTlsAuthentication', 'RoutingMode'],
      'SecurityPolicy',
    ],
    // The runner issues its server's certificate itself.
    ignored: ['RegionalCertificateArn', 'OwnershipVerificationCertificateArn', 'Tags'],
  },
  'AWS::ApiGateway::GatewayResponse': {
    read: ['RestApiId', 'ResponseType', 'StatusCode', 'ResponseParameters', 'ResponseTemplates'],
    ignored: [],
  },
  'AWS::ApiGateway::Method': {
    read: [
      ...['RestApiId', 'ResourceId', 'HttpMethod', 'AuthorizationType', 'AuthorizerId'],
      ...['ApiKeyRequired', 'Integration', 'AuthorizationScopes', 'RequestParameters'],
    ],
    ignored: ['OperationName', 'MethodResponses'],
  },
  'AWS::ApiGateway::Resource': { read: ['RestApiId', 'ParentId', 'PathPart'], ignored: [] },
  'AWS::ApiGateway::RestApi': {
    read: ['BinaryMediaTypes', 'ApiKeySourceType', 'DisableExecuteApiEndpoint', 'Policy'],
    ignored: ['Name', 'Description', 'EndpointConfiguration', 'Tags', 'FailOnWarnings'],
  },
  'AWS::ApiGateway::Stage': {
    read: ['RestApiId', 'StageName', 'Variables', 'CacheClusterEnabled', 'MethodSettings'],
    ignored: ['DeploymentId', 'AccessLogSetting', 'TracingEnabled', 'Description', 'Tags'],
  },
  'AWS::ApiGateway::UsagePlan': {
    read: ['ApiStages', 'Quota', 'Throttle'],
    ignored: ['Description', 'Tags', 'UsagePlanName'],
  },
  'AWS::ApiGateway::UsagePlanKey': { read: ['KeyId', 'KeyType', 'UsagePlanId'], ignored: [] },
  'AWS::ApiGatewayV2::Api': {
    read: [
      ...['ProtocolType', 'CorsConfiguration', 'DisableExecuteApiEndpoint'],
      'RouteSelectionExpression',
    ],
    ignored: ['Name', 'Description', 'Tags', 'Version', 'IpAddressType', 'FailOnWarnings'],
  },
  'AWS::ApiGatewayV2::ApiMapping': {
    read: ['ApiId', 'ApiMappingKey', 'DomainName', 'Stage'],
    ignored: [],
  },
  'AWS::ApiGatewayV2::Authorizer': {
    read: [
      ...['ApiId', 'AuthorizerType', 'AuthorizerUri', 'AuthorizerPayloadFormatVersion'],
      ...['AuthorizerResultTtlInSeconds', 'EnableSimpleResponses', 'IdentitySource'],
    ],
    ignored: ['Name'],
  },
  'AWS::ApiGatewayV2::Deployment': { read: ['ApiId'], ignored: ['Description', 'StageName'] },
  'AWS::ApiGatewayV2::DomainName': {
    read: ['DomainName', 'DomainNameConfigurations', 'MutualTlsAuthentication', 'RoutingMode'],
    ignored: ['Tags'],
  },
  'AWS::ApiGatewayV2::Integration': {
    read: [
      ...['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion'],
      ...['TimeoutInMillis', 'ConnectionType', 'IntegrationMethod', 'RequestParameters'],
    ],
    ignored: ['Description'],
  },
  'AWS::ApiGatewayV2::Route': {
    read: [
      ...['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'AuthorizerId'],
      ...['AuthorizationScopes', 'ApiKeyRequired', 'RouteResponseSelectionExpression'],
    ],
    ignored: ['OperationName'],
  },
  'AWS::ApiGatewayV2::RouteResponse': {
    read: ['ApiId', 'RouteId', 'RouteResponseKey'],
    ignored: [],
  },
  'AWS::ApiGatewayV2::Stage': {
    read: ['ApiId', 'StageName', 'StageVariables'],
    ignored: [
      ...['AutoDeploy', 'AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings'],
      ...['Description', 'DeploymentId', 'Tags'],
    ],
  },
  'AWS::DynamoDB::GlobalTable': {
    read: ['TableName', 'KeySchema', 'AttributeDefinitions', 'Replicas'],
    ignored: [
      ...['BillingMode', 'SSESpecification', 'TimeToLiveSpecification', 'WarmThroughput'],
      ...['WriteOnDemandThroughputSettings', 'WriteProvisionedThroughputSettings'],
    ],
  },
  'AWS::DynamoDB::Table': {
    read: ['TableName', 'KeySchema', 'AttributeDefinitions'],
    ignored: [
      ...['BillingMode', 'ProvisionedThroughput', 'OnDemandThroughput', 'SSESpecification'],
      ...['TimeToLiveSpecification', 'PointInTimeRecoverySpecification', 'TableClass', 'Tags'],
      ...['DeletionProtectionEnabled', 'ContributorInsightsSpecification', 'WarmThroughput'],
    ],
  },
  'AWS::Events::Rule': {
    read: ['EventBusName', 'EventPattern', 'Name', 'ScheduleExpression', 'State', 'Targets'],
    ignored: ['Description', 'Tags'],
  },
  'AWS::IAM::ManagedPolicy': {
    read: ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
    ignored: ['Description', 'Path'],
  },
  'AWS::IAM::Policy': { read: ['PolicyName', 'PolicyDocument', 'Roles'], ignored: [] },
  'AWS::IAM::Role': {
    read: ['RoleName', 'Policies', 'ManagedPolicyArns'],
    ignored: ['AssumeRolePolicyDocument', 'Description', 'MaxSessionDuration', 'Path', 'Tags'],
  },
  'AWS::Lambda::Function': {
    read: [
      ...['FunctionName', 'Code', 'Handler', 'Runtime', 'Role', 'Environment', 'MemorySize'],
      ...['Timeout', 'PackageType'],
    ],
    ignored: [
      ...['Architectures', 'Description', 'EphemeralStorage', 'LoggingConfig', 'Tags'],
      ...['RecursiveLoop', 'ReservedConcurrentExecutions', 'RuntimeManagementConfig'],
      ...['SnapStart', 'TracingConfig', 'KmsKeyArn'],
    ],
  },
  'AWS::Lambda::Permission': {
    read: ['FunctionName', 'Action', 'Principal', 'SourceArn', 'SourceAccount'],
    ignored: [],
  },
  'AWS::Lambda::Version': {
    read: ['FunctionName'],
    ignored: ['CodeSha256', 'Description', 'ProvisionedConcurrencyConfig'],
  },
  'AWS::SSM::Parameter': {
    read: ['Name', 'Type', 'Value'],
    ignored: ['Description', 'Tier', 'AllowedPattern', 'Tags'],
  },
  'AWS::SecretsManager::RotationSchedule': {
    read: ['SecretId', 'RotationLambdaARN', 'RotationRules', 'RotateImmediatelyOnUpdate'],
    ignored: [],
  },
  'AWS::SecretsManager::Secret': {
    read: ['Name', 'SecretString'],
    ignored: ['Description', 'KmsKeyId', 'Tags'],
  },
  'Custom::Trigger': {
    read: ['HandlerArn', 'InvocationType'],
    ignored: ['ServiceToken', 'Timeout', 'ExecuteOnHandlerChange'],
  },
};

/** Watch, count, notify, and what DNS and ACM do; nothing that runs here depends on them. */
const noted: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Account',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Route53::RecordSet',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
]);

/** How a type is treated. */
export function treatmentOf(type: string): HostedType | 'noted' | 'refused' {
  if (noted.has(type)) return 'noted';
  return (Object.hasOwn(hosted, type) ? hosted[type] : undefined) ?? 'refused';
}
