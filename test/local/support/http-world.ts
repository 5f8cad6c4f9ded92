import { onTestFinished } from 'vitest';
import {
  apiPermission,
  invocationUri,
  lambdaFunction,
  writeAssembly,
} from '../../support/assembly.ts';
import {
  echo,
  type GatewayWorld,
  gatewayWorld,
  programmable,
} from '../../support/gateway-world.ts';

type Properties = Readonly<Record<string, unknown>>;

export interface HttpShape {
  /** `GET /orders/{id}` → logical ids of its authorizer, if any, and of its integration, otherwise the function. */
  readonly routes: Readonly<
    Record<string, { readonly authorizer?: string; readonly integration?: string }>
  >;
  /** Logical id → properties; all of them invoke the programmable function. */
  readonly authorizers?: Readonly<Record<string, Properties>>;
  readonly integrations?: Readonly<Record<string, Properties>>;
}

/** An assembly with one HTTP API in front of the functions `Backend` (echoes) and `Auth` (is told what to answer). */
export function httpAssembly(shape: HttpShape): string {
  const { routes, authorizers = { Authorizer: {} }, integrations = {} } = shape;
  const ApiId = { Ref: 'Api' };
  const resource = (type: string, properties: Properties): object => ({
    Type: `AWS::ApiGatewayV2::${type}`,
    Properties: properties,
  });
  const lambda = {
    ...{ IntegrationType: 'AWS_PROXY', IntegrationUri: { 'Fn::GetAtt': ['Backend', 'Arn'] } },
    PayloadFormatVersion: '2.0',
  };
  return writeAssembly(
    {
      Main: {
        Resources: {
          ...lambdaFunction('Backend', 'echo'),
          ...lambdaFunction('Auth', 'programmable'),
          ...apiPermission('Backend'),
          ...apiPermission('Auth'),
          Api: resource('Api', { ProtocolType: 'HTTP' }),
          Stage: resource('Stage', {
            ...{ ApiId, StageName: '$default', StageVariables: { color: 'blue' } },
          }),
          ...Object.fromEntries(
            Object.entries({ ToBackend: lambda, ...integrations }).map(([id, properties]) => [
              ...[id, resource('Integration', { ApiId, ...properties })],
            ]),
          ),
          ...Object.fromEntries(
            Object.entries(authorizers).map(([id, properties]) => [
              id,
              resource('Authorizer', {
                ...{ ApiId, AuthorizerType: 'REQUEST', AuthorizerUri: invocationUri('Auth') },
                ...{ AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true },
                ...{ IdentitySource: ['$request.header.Authorization'], ...properties },
              }),
            ]),
          ),
          ...Object.fromEntries(
            Object.entries(routes).map(([RouteKey, { authorizer, integration }], index) => [
              `Route${index}`,
              resource('Route', {
                ...{ ApiId, RouteKey },
                Target: {
                  'Fn::Join': ['/', ['integrations', { Ref: integration ?? 'ToBackend' }]],
                },
                ...(authorizer === undefined
                  ? {}
                  : { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: authorizer } }),
              }),
            ]),
          ),
        },
      },
    },
    { echo, programmable },
  );
}

/** The assembly, served until the running test ends. */
export async function httpWorld(shape: HttpShape): Promise<GatewayWorld> {
  const world = await gatewayWorld(httpAssembly(shape));
  onTestFinished(() => world.stop());
  return world;
}
