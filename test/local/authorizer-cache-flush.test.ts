import { APIGatewayClient, FlushStageAuthorizersCacheCommand } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, ResetAuthorizersCacheCommand } from '@aws-sdk/client-apigatewayv2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FunctionSpec } from '../../local/contracts.ts';
import { physicalId } from '../../local/template/physical-name.ts';
import {
  apiPermission,
  invocationUri,
  lambdaFunction,
  writeAssembly,
} from '../support/assembly.ts';
import { echo, type GatewayWorld, gatewayWorld, programmable } from '../support/gateway-world.ts';
import { type AwsWorld, awsWorld } from './support/aws-world.ts';
import { functionOf, region, removeCode } from './support/functions.ts';
import { asked, header, policy, restApiResources, statement, told } from './support/rest-world.ts';

const idOf = (logicalId: string): string => physicalId('Main', logicalId, 10);

function restApi(id: string): Readonly<Record<string, object>> {
  return {
    ...restApiResources(id, { 'GET /a': { authorizer: `${id}Authorizer` } }, {}, ['prod', 'dev']),
    [`${id}Authorizer`]: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        ...{ RestApiId: { Ref: id }, Type: 'REQUEST', AuthorizerUri: invocationUri('Auth') },
        ...{ IdentitySource: header, AuthorizerResultTtlInSeconds: 300 },
      },
    },
  };
}

function httpApi(id: string): Readonly<Record<string, object>> {
  const ApiId = { Ref: id };
  const resource = (type: string, Properties: object) => ({
    [`${id}${type}`]: { Type: `AWS::ApiGatewayV2::${type}`, Properties: { ApiId, ...Properties } },
  });
  return {
    [id]: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
    ...resource('Stage', { StageName: '$default' }),
    [`${id}Dev`]: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId, StageName: 'dev' } },
    ...resource('Integration', {
      ...{ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' },
      IntegrationUri: { 'Fn::GetAtt': ['Backend', 'Arn'] },
    }),
    ...resource('Authorizer', {
      ...{ AuthorizerType: 'REQUEST', AuthorizerUri: invocationUri('Auth') },
      ...{ AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true },
      ...{ IdentitySource: ['$request.header.Authorization'], AuthorizerResultTtlInSeconds: 300 },
    }),
    ...resource('Route', {
      ...{ RouteKey: 'GET /a', AuthorizationType: 'CUSTOM' },
      AuthorizerId: { Ref: `${id}Authorizer` },
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: `${id}Integration` }]] },
    }),
  };
}

function assembly(): string {
  const functions = {
    ...lambdaFunction('Backend', 'echo'),
    ...lambdaFunction('Auth', 'programmable'),
    ...apiPermission('Backend'),
    ...apiPermission('Auth'),
  };
  const apis = { ...restApi('One'), ...restApi('Two'), ...httpApi('Three') };
  return writeAssembly({ Main: { Resources: { ...functions, ...apis } } }, { echo, programmable });
}

/** A function that may empty the cache of one stage of each API. */
const operator: FunctionSpec = functionOf('operator', 'export const handler = async () => ({});', {
  policies: [
    {
      Statement: [
        {
          ...{ Effect: 'Allow', Action: 'apigateway:DELETE' },
          Resource: [
            `arn:aws:apigateway:${region}::/restapis/${idOf('One')}/stages/prod/cache/authorizers`,
            `arn:aws:apigateway:${region}::/apis/${idOf('Three')}/stages/$default/cache/authorizers`,
          ],
        },
      ],
    },
  ],
});

let aws: AwsWorld;
let world: GatewayWorld;
const clients: { destroy(): void }[] = [];

beforeAll(async () => {
  aws = await awsWorld({ functions: () => ({ functions: [operator] }) });
});

beforeEach(async () => {
  world = await gatewayWorld(assembly());
  aws.endpoint.serveApis(world.planes);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await world.stop();
});

afterAll(async () => {
  await aws.stop();
  removeCode([operator]);
});

/** FlushStageAuthorizersCache, by whoever operates the account or by a function. */
function flush(restApiId: string, stageName: string, spec?: FunctionSpec) {
  const client = new APIGatewayClient({ ...aws.clientConfig(spec), maxAttempts: 1 });
  clients.push(client);
  return client.send(new FlushStageAuthorizersCacheCommand({ restApiId, stageName }));
}

/** ResetAuthorizersCache */
function reset(ApiId: string, StageName: string, spec?: FunctionSpec) {
  const client = new ApiGatewayV2Client({ ...aws.clientConfig(spec), maxAttempts: 1 });
  clients.push(client);
  return client.send(new ResetAuthorizersCacheCommand({ ApiId, StageName }));
}

/** Asks all APIs at all stages. @returns how often the authorizer was invoked for it */
async function askAll(): Promise<number> {
  const before = asked(world);
  const [one, two, three] = world.urls;
  for (const url of [one, two]) {
    for (const path of ['/prod/a', '/dev/a']) await ask(path, url, policyOfAll);
  }
  for (const path of ['/a', '/dev/a']) await ask(path, three, yes);
  return asked(world) - before;
}

const policyOfAll = policy([statement('Allow', '*')]);
const yes = told({ answer: { isAuthorized: true } });

async function ask(path: string, url: string | undefined, headers: readonly string[]) {
  expect((await world.ask(path, { headers }, url)).status).toBe(200);
}

describe('emptying the caches of authorizers', () => {
  test('FlushStageAuthorizersCache empties one stage of one REST API, and nothing else', async () => {
    expect(await askAll()).toBe(6);
    expect(await askAll()).toBe(0);
    expect((await flush(idOf('One'), 'prod')).$metadata.httpStatusCode).toBe(202);
    await ask('/dev/a', world.urls[0], policyOfAll);
    expect(asked(world)).toBe(6);
    await ask('/prod/a', world.urls[0], policyOfAll);
    expect(asked(world)).toBe(7);
    expect(await askAll()).toBe(0);
  });

  test('ResetAuthorizersCache empties one stage of one HTTP API, and nothing else', async () => {
    await askAll();
    expect((await reset(idOf('Three'), '$default')).$metadata.httpStatusCode).toBe(204);
    await ask('/dev/a', world.urls[2], yes);
    expect(asked(world)).toBe(6);
    await ask('/a', world.urls[2], yes);
    expect(asked(world)).toBe(7);
    expect(await askAll()).toBe(0);
  });

  test('says NotFoundException for an API or a stage that is not there, or is of the other kind', async () => {
    await askAll();
    const missing = { name: 'NotFoundException', $metadata: { httpStatusCode: 404 } };
    await expect(flush('unknown', 'prod')).rejects.toMatchObject(missing);
    await expect(flush(idOf('One'), 'unknown')).rejects.toMatchObject(missing);
    await expect(flush(idOf('Three'), 'dev')).rejects.toMatchObject(missing);
    await expect(reset('unknown', '$default')).rejects.toMatchObject(missing);
    await expect(reset(idOf('Three'), 'unknown')).rejects.toMatchObject(missing);
    await expect(reset(idOf('One'), 'prod')).rejects.toMatchObject(missing);
    expect(await askAll()).toBe(0);
  });

  test('needs apigateway:DELETE on the very cache, where a function calls', async () => {
    await askAll();
    await flush(idOf('One'), 'prod', operator);
    await reset(idOf('Three'), '$default', operator);
    expect(await askAll()).toBe(2);
    const denied = { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } };
    await expect(flush(idOf('One'), 'dev', operator)).rejects.toMatchObject(denied);
    await expect(flush(idOf('Two'), 'prod', operator)).rejects.toMatchObject(denied);
    await expect(reset(idOf('Three'), 'dev', operator)).rejects.toMatchObject(denied);
    expect(await askAll()).toBe(0);
    expect(aws.endpoint.report().refused).toContainEqual({
      logicalId: operator.logicalId,
      action: 'apigateway:DELETE',
      resource: `arn:aws:apigateway:${region}::/apis/${idOf('Three')}/stages/dev/cache/authorizers`,
    });
  });

  test('needs a signature, and serves no other call of the management APIs', async () => {
    await askAll();
    const path = `/restapis/${idOf('One')}/stages/prod/cache/authorizers`;
    const call = (method: string, target: string) =>
      fetch(`${aws.endpoint.url}${target}`, { method });
    const unsigned = await call('DELETE', path);
    expect(unsigned.status).toBe(403);
    expect(unsigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('DELETE', `/restapis/${idOf('One')}/stages/prod`)).status).toBe(404);
    expect(await askAll()).toBe(0);
  });
});
