import { apiPermission, invocationUri, lambdaFunction, writeAssembly } from './assembly.ts';

const handlers = {
  /** Pushes to its own connection what the message said, and answers how that went. */
  push: `export const handler = async ({ body, requestContext: { connectionId } }) => {
    const response = await fetch(process.env.CALLBACK + '/@connections/' + encodeURIComponent(connectionId), {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0' },
      body: 'pushed ' + body,
    });
    return { statusCode: 200, body: String(response.status) };
  };`,
  whoami: `export const handler = async ({ requestContext: { identity } }) => ({
    statusCode: 200, body: identity.clientCert?.subjectDN ?? 'nobody',
  });`,
};

const joined = (...parts: readonly unknown[]) => ({ 'Fn::Join': ['', parts] });
const ApiId = { Ref: 'Live' };
const RestApiId = { Ref: 'Rest' };
const route = (RouteKey: string, integration: string) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ...{ ApiId, RouteKey, RouteResponseSelectionExpression: '$default' },
    Target: joined('integrations/', { Ref: integration }),
  },
});
const routeResponse = (id: string) => ({
  Type: 'AWS::ApiGatewayV2::RouteResponse',
  Properties: { ApiId, RouteId: { Ref: id }, RouteResponseKey: '$default' },
});
const integration = (functionId: string) => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri(functionId) },
});
const callback = joined(
  'https://',
  ApiId,
  '.execute-api.',
  { Ref: 'AWS::Region' },
  '.amazonaws.com/prod',
);
const pushes = { Environment: { Variables: { CALLBACK: callback } } };

/** A WebSocket API with a function that may push and one that may not, and a REST API for certificates. */
export function edgesAssembly(): string {
  return writeAssembly(
    {
      Main: {
        Resources: {
          ...lambdaFunction('May', 'push', pushes),
          ...lambdaFunction('MayNot', 'push', pushes),
          ...lambdaFunction('WhoAmI', 'whoami'),
          ...apiPermission('May'),
          ...apiPermission('MayNot'),
          ...apiPermission('WhoAmI'),
          MayPolicy: {
            Type: 'AWS::IAM::Policy',
            Properties: {
              ...{ PolicyName: 'push', Roles: [{ Ref: 'MayRole' }] },
              PolicyDocument: {
                Statement: [
                  {
                    ...{ Effect: 'Allow', Action: 'execute-api:ManageConnections' },
                    Resource: joined(
                      'arn:aws:execute-api:us-east-1:000000000000:',
                      ApiId,
                      '/prod/POST/@connections/*',
                    ),
                  },
                ],
              },
            },
          },
          Live: {
            Type: 'AWS::ApiGatewayV2::Api',
            Properties: {
              ...{ ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
            },
          },
          LiveStage: {
            Type: 'AWS::ApiGatewayV2::Stage',
            Properties: { ApiId, StageName: 'prod' },
          },
          MayIntegration: integration('May'),
          MayNotIntegration: integration('MayNot'),
          MayRoute: route('$default', 'MayIntegration'),
          MayResponse: routeResponse('MayRoute'),
          MayNotRoute: route('sneak', 'MayNotIntegration'),
          MayNotResponse: routeResponse('MayNotRoute'),
          Rest: {
            Type: 'AWS::ApiGateway::RestApi',
            Properties: { DisableExecuteApiEndpoint: true },
          },
          RestStage: {
            Type: 'AWS::ApiGateway::Stage',
            Properties: { RestApiId, StageName: 'prod' },
          },
          RestMethod: {
            Type: 'AWS::ApiGateway::Method',
            Properties: {
              ...{ RestApiId, HttpMethod: 'GET', AuthorizationType: 'NONE' },
              ResourceId: { 'Fn::GetAtt': ['Rest', 'RootResourceId'] },
              Integration: { Type: 'AWS_PROXY', Uri: invocationUri('WhoAmI') },
            },
          },
          Certificate: {
            Type: 'AWS::CertificateManager::Certificate',
            Properties: { DomainName: 'api.example.test' },
          },
          Domain: {
            Type: 'AWS::ApiGateway::DomainName',
            Properties: {
              ...{ DomainName: 'api.example.test', SecurityPolicy: 'TLS_1_2' },
              RegionalCertificateArn: { Ref: 'Certificate' },
              EndpointConfiguration: { Types: ['REGIONAL'] },
              MutualTlsAuthentication: { TruststoreUri: 's3://trust/clients.pem' },
            },
          },
          Mapping: {
            Type: 'AWS::ApiGateway::BasePathMapping',
            Properties: {
              ...{ RestApiId, DomainName: { Ref: 'Domain' } },
              ...{ BasePath: 'v1', Stage: { Ref: 'RestStage' } },
            },
          },
          Record: {
            Type: 'AWS::Route53::RecordSet',
            Properties: {
              ...{ Name: 'api.example.test.', Type: 'A' },
              AliasTarget: {
                DNSName: { 'Fn::GetAtt': ['Domain', 'RegionalDomainName'] },
                HostedZoneId: { 'Fn::GetAtt': ['Domain', 'RegionalHostedZoneId'] },
              },
            },
          },
        },
      },
    },
    handlers,
  );
}
