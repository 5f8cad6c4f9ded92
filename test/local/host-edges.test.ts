import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type HostedWorld, host } from '../../local/host.ts';
import { portPlan } from '../../local/ports.ts';
import { readyOf, readyText } from '../../local/ready.ts';
import {
  apiPermission,
  invocationUri,
  lambdaFunction,
  writeAssembly,
} from '../support/assembly.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openSocket } from '../support/web-socket-client.ts';

const worlds: HostedWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

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
function edgesAssembly(): string {
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

async function hosted(tlsDirectory?: string): Promise<HostedWorld> {
  const world = await host(edgesAssembly(), {
    basePort: 0,
    ...(tlsDirectory === undefined ? {} : { tlsDirectory }),
  });
  worlds.push(world);
  return world;
}

test('a function finds its WebSocket API and pushes to it, if its role lets it', async () => {
  const world = await hosted();
  const { socket, next } = await openSocket(world.urls.webSocketApi);
  socket.send('hello');
  expect([await next(), await next()]).toEqual(['pushed hello', '200']);
  socket.send('{"action":"sneak"}');
  expect(await next()).toBe('403');
  expect(world.endpoint.report().refused).toEqual([
    {
      logicalId: 'MayNot',
      action: 'execute-api:ManageConnections',
      resource: expect.stringMatching(/\/prod\/POST\/@connections\/[\w-]+=$/),
    },
  ]);
});

test('a domain lets in the client that was made for it, over a server that its authority vouches for', async () => {
  const tlsDirectory = join(temporaryFolder(), 'tls');
  const world = await hosted(tlsDirectory);
  const url = world.urls.mutualTlsApi;
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/v1$/);
  expect(await get(url, world)).toBe('CN=keyward-demo-client');
  expect(await get(url.replace('127.0.0.1', 'localhost'), world)).toBe('CN=keyward-demo-client');
  expect((await fetch(world.urls.restApi)).status).toBe(403);
  expect(dirname(world.tls?.caFile ?? '')).toBe(tlsDirectory);
  await world.stop();
  await expect(get(url, world)).rejects.toThrow('ECONNREFUSED');
  const again = await hosted(tlsDirectory);
  expect(await get(again.urls.mutualTlsApi, world)).toBe('CN=keyward-demo-client');
});

test('without a folder the certificates go with the run', async () => {
  const world = await hosted();
  const { caFile = '' } = world.tls ?? {};
  expect(existsSync(caFile)).toBe(true);
  await world.stop();
  expect(existsSync(dirname(caFile))).toBe(false);
});

test('whoever waits for the runner is told where to connect, and with what', async () => {
  const world = await hosted();
  const ready = readyOf(world, 'default', undefined);
  expect(ready).toMatchObject({
    websocket_api: world.urls.webSocketApi,
    mtls_api: world.urls.mutualTlsApi,
    ca_file: world.tls?.caFile,
    client_cert_file: world.tls?.clientCertFile,
    client_key_file: world.tls?.clientKeyFile,
  });
  expect(ready.websocket_api).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/prod$/);
  expect(readyText(ready)).toContain(`--cert '${world.tls?.clientCertFile}'`);
});

test('ports are counted from the base: each kind has its own, a second one of a kind a later one', () => {
  const api = (kind: 'http' | 'rest' | 'webSocket', isIssuer = false) => ({
    ...{ stackName: 'Main', logicalId: 'Api', kind, isIssuer },
  });
  const plan = portPlan(8787);
  const apis = [api('webSocket'), api('rest'), api('http', true), api('rest'), api('http')];
  expect(apis.map((each) => plan.forApi(each) - 8787)).toEqual([3, 1, 0, 10, 2]);
  expect([plan.forDomain(), plan.forDomain(), plan.awsEndpoint]).toEqual([8792, 8798, 8791]);
  const free = portPlan(0);
  expect([free.forApi(api('rest')), free.forDomain(), free.awsEndpoint]).toEqual([0, 0, 0]);
});

/** Body of an answer, over a handshake with the files that the runner names. */
function get(url: string, { tls }: HostedWorld): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = (file: string | undefined): string => readFileSync(file ?? '', 'utf8');
    const outgoing = request(
      url,
      {
        ...{ agent: false, ca: read(tls?.caFile) },
        ...{ cert: read(tls?.clientCertFile), key: read(tls?.clientKeyFile) },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => resolve(text));
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
