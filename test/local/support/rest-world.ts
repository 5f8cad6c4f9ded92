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

export interface RestShape {
  /** `GET /orders/{id}` → properties of the method beside the usual ones; `authorizer` is the logical id of one. */
  readonly methods: Readonly<Record<string, Properties & { readonly authorizer?: string }>>;
  /** Logical id → properties; all of them invoke the programmable function. */
  readonly authorizers?: Readonly<Record<string, Properties>>;
  readonly api?: Properties;
  readonly stages?: readonly string[];
  /** Further resources of the template. */
  readonly resources?: Readonly<Record<string, object>>;
}

export const header = 'method.request.header.Authorization';

/** An assembly with one REST API in front of the functions `Backend` (echoes) and `Auth` (is told what to answer). */
export function restAssembly(shape: RestShape): string {
  const { methods, authorizers = { Authorizer: {} }, api = {}, stages = ['prod'] } = shape;
  return writeAssembly(
    {
      Main: {
        Resources: {
          ...lambdaFunction('Backend', 'echo'),
          ...lambdaFunction('Auth', 'programmable'),
          ...apiPermission('Backend'),
          ...apiPermission('Auth'),
          ...restApiResources('Api', methods, api, stages),
          ...Object.fromEntries(
            Object.entries(authorizers).map(([id, properties]) => [id, authorizer(properties)]),
          ),
          ...shape.resources,
        },
      },
    },
    { echo, programmable },
  );
}

/** The assembly, served until the running test ends. */
export async function restWorld(shape: RestShape): Promise<GatewayWorld> {
  const world = await gatewayWorld(restAssembly(shape));
  onTestFinished(() => world.stop());
  return world;
}

/** One REST API with its resources, methods and stages. */
export function restApiResources(
  id: string,
  methods: RestShape['methods'],
  api: Properties = {},
  stages: readonly string[] = ['prod'],
): Readonly<Record<string, object>> {
  const RestApiId = { Ref: id };
  const resources: Record<string, object> = {
    [id]: { Type: 'AWS::ApiGateway::RestApi', Properties: api },
  };
  const resourceId = (path: string): object => {
    if (path === '/') return { 'Fn::GetAtt': [id, 'RootResourceId'] };
    const cut = path.lastIndexOf('/');
    const logicalId = `${id}Resource${path.replace(/\W/g, 'X')}`;
    const Properties = {
      ...{ RestApiId, ParentId: resourceId(path.slice(0, cut) || '/') },
      PathPart: path.slice(cut + 1),
    };
    resources[logicalId] = { Type: 'AWS::ApiGateway::Resource', Properties };
    return { Ref: logicalId };
  };
  for (const [index, [at, { authorizer, ...properties }]] of Object.entries(methods).entries()) {
    const [HttpMethod = '', path = ''] = at.split(' ');
    resources[`${id}Method${index}`] = {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        ...{ RestApiId, ResourceId: resourceId(path), HttpMethod },
        ...(authorizer === undefined
          ? { AuthorizationType: 'NONE' }
          : { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: authorizer } }),
        Integration: { Type: 'AWS_PROXY', Uri: invocationUri('Backend') },
        ...properties,
      },
    };
  }
  for (const StageName of stages) {
    resources[`${id}Stage${StageName}`] = {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId, StageName, Variables: { color: 'blue' } },
    };
  }
  return resources;
}

function authorizer(properties: Properties): object {
  return {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      ...{ RestApiId: { Ref: 'Api' }, Type: 'REQUEST', AuthorizerUri: invocationUri('Auth') },
      ...{ IdentitySource: header, AuthorizerResultTtlInSeconds: 0, ...properties },
    },
  };
}

/** Headers of a call that carries what the authorizer shall do. */
export function told(instruction: object): readonly string[] {
  return ['Authorization', JSON.stringify(instruction)];
}

/** Headers of a call that gets this policy. */
export function policy(statements: readonly object[], rest: object = {}): readonly string[] {
  return told({
    answer: { principalId: 'me', policyDocument: { Statement: statements }, ...rest },
  });
}

/** A statement about the execute-api; `ARN` stands for that of the request. */
export function statement(Effect: 'Allow' | 'Deny', Resource: string): object {
  return { ...{ Effect, Resource, Action: 'execute-api:Invoke' } };
}

/** How often the authorizer function was asked. */
export function asked(world: GatewayWorld): number {
  return world.invoked.filter((id) => id === 'Auth').length;
}
