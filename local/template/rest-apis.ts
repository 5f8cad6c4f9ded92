import type {
  GatewayResponseSpec,
  RestApiSpec,
  RestAuthorizerSpec,
  RestMethodSpec,
} from '../gateway/api-spec.ts';
import { gatewayResponseTypes } from '../gateway/gateway-response.ts';
import { parseIdentitySource } from '../gateway/identity-source.ts';
import { lambdaArn } from './lambda-uri.ts';
import { mockIntegration } from './mock-integration.ts';
import { partition } from './physical-name.ts';
import { type Properties, propertiesOf } from './properties.ts';
import type { ResolvedAssembly, Resource } from './resolve-assembly.ts';
import { readResourcePolicy } from './resource-policy.ts';
import { restProxy } from './rest-proxy.ts';

/** What REST APIs of an assembly consist of. @throws TemplateError */
export function restApiSpecs(assembly: ResolvedAssembly): readonly RestApiSpec[] {
  const { resources, accountId, region } = assembly;
  return resources
    .filter(({ type }) => type === 'AWS::ApiGateway::RestApi')
    .map((api) => {
      const ofType = (type: string): readonly Resource[] =>
        resources.filter(
          (resource) => resource.type === type && resource.properties.RestApiId === api.ref,
        );
      const properties = propertiesOf(api);
      properties.only('ApiKeySourceType', 'HEADER', 'AUTHORIZER');
      const paths = resourcePaths(api, ofType('AWS::ApiGateway::Resource'));
      const authorizers = ofType('AWS::ApiGateway::Authorizer').map(readAuthorizer);
      const methods = ofType('AWS::ApiGateway::Method').map((resource) =>
        readMethod(propertiesOf(resource), paths, authorizers),
      );
      const stages = ofType('AWS::ApiGateway::Stage').map((resource) => {
        const stage = readStage(propertiesOf(resource));
        const hides = methods.find(({ path }) => path.split('/')[1] === stage.name);
        if (hides === undefined) return stage;
        return properties.fail(
          `the stage ${stage.name} and the resource ${hides.path} begin alike: one port serves both forms`,
        );
      });
      return {
        kind: 'rest',
        isEndpointDisabled: properties.flag('DisableExecuteApiEndpoint'),
        stackName: api.stackName,
        logicalId: api.logicalId,
        apiId: api.ref,
        accountId,
        region,
        stages,
        binaryMediaTypes: properties.texts('BinaryMediaTypes'),
        methods,
        apiKeySource:
          properties.textOr('ApiKeySourceType', 'HEADER') === 'AUTHORIZER'
            ? 'AUTHORIZER'
            : 'HEADER',
        resourcePolicy: readResourcePolicy(
          properties,
          `arn:${partition}:execute-api:${region}:${accountId}:${api.ref}`,
        ),
        gatewayResponses: ofType('AWS::ApiGateway::GatewayResponse').map((resource) =>
          readGatewayResponse(propertiesOf(resource)),
        ),
      };
    });
}

function readStage(properties: Properties): RestApiSpec['stages'][number] {
  properties.only('CacheClusterEnabled', false);
  for (const setting of properties.list('MethodSettings')) {
    if ((setting as { readonly CachingEnabled?: unknown }).CachingEnabled === true) {
      properties.fail('caching of integration answers is not hosted');
    }
  }
  return { name: properties.text('StageName'), variables: properties.textMap('Variables') };
}

/** Id of each resource → its path; the root is `/`. */
function resourcePaths(api: Resource, resources: readonly Resource[]): ReadonlyMap<string, string> {
  const paths = new Map([[api.attribute('RootResourceId'), '']]);
  let waiting = resources.map((resource) => ({ id: resource.ref, of: propertiesOf(resource) }));
  while (waiting.length > 0) {
    const left = waiting.filter(({ id, of }) => {
      const parent = paths.get(of.text('ParentId'));
      if (parent !== undefined) paths.set(id, `${parent}/${of.text('PathPart')}`);
      return parent === undefined;
    });
    if (left.length === waiting.length) left[0]?.of.fail('ParentId names no resource of this API');
    waiting = left;
  }
  return new Map([...paths].map(([id, path]) => [id, path === '' ? '/' : path]));
}

function readAuthorizer(resource: Resource): RestAuthorizerSpec {
  const properties = propertiesOf(resource);
  const kind = properties.text('Type');
  if (kind !== 'TOKEN' && kind !== 'REQUEST') {
    properties.fail(`an authorizer of type ${kind} is not hosted`);
  }
  const identitySources = properties
    .textOr('IdentitySource', '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  for (const source of identitySources) {
    if (parseIdentitySource(source, 'rest') === undefined) {
      properties.fail(`the identity source ${source} is not hosted`);
    }
  }
  if (kind === 'TOKEN' && !/^method\.request\.header\.[^,]+$/.test(identitySources.join(','))) {
    properties.fail('a TOKEN authorizer needs one header as IdentitySource');
  }
  const ttlSeconds = properties.number('AuthorizerResultTtlInSeconds', 300);
  if (ttlSeconds < 0 || ttlSeconds > 3_600) {
    properties.fail('AuthorizerResultTtlInSeconds must be 0 to 3600');
  }
  if (ttlSeconds > 0 && identitySources.length === 0) {
    properties.fail('an authorizer without IdentitySource needs AuthorizerResultTtlInSeconds 0');
  }
  const validationExpression = properties.textOr('IdentityValidationExpression', undefined);
  if (validationExpression !== undefined && kind === 'REQUEST') {
    properties.fail('IdentityValidationExpression is for TOKEN authorizers');
  }
  if (validationExpression !== undefined && !isExpression(validationExpression)) {
    // AWS reads it as Java does: inline flags and possessive quantifiers are not the same here.
    properties.fail(`the IdentityValidationExpression ${validationExpression} is not hosted`);
  }
  return {
    kind: kind === 'TOKEN' ? 'TOKEN' : 'REQUEST',
    authorizerId: resource.ref,
    logicalId: resource.logicalId,
    functionArn: lambdaArn(properties, 'AuthorizerUri'),
    identitySources,
    ttlSeconds,
    validationExpression,
  };
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function readMethod(
  properties: Properties,
  paths: ReadonlyMap<string, string>,
  authorizers: readonly RestAuthorizerSpec[],
): RestMethodSpec {
  properties.only('AuthorizationScopes', []);
  const resourceId = properties.text('ResourceId');
  const path = paths.get(resourceId) ?? properties.fail('ResourceId names no resource of this API');
  const type = properties.text('AuthorizationType');
  if (type !== 'NONE' && type !== 'CUSTOM') {
    properties.fail(`the authorization type ${type} is not hosted`);
  }
  const authorizer =
    type === 'NONE'
      ? undefined
      : (authorizers.find((each) => each.authorizerId === properties.text('AuthorizerId')) ??
        properties.fail('AuthorizerId names no authorizer of this API'));
  return {
    resourceId,
    path,
    httpMethod: properties.text('HttpMethod'),
    integration: readIntegration(properties, path),
    authorizer,
    apiKeyRequired: properties.flag('ApiKeyRequired'),
  };
}

function readIntegration(method: Properties, path: string): RestMethodSpec['integration'] {
  const integration = method.nested('Integration', [
    ...['Type', 'Uri', 'IntegrationHttpMethod', 'TimeoutInMillis', 'PassthroughBehavior'],
    ...['RequestTemplates', 'IntegrationResponses', 'ConnectionType', 'CacheNamespace'],
    ...['CacheKeyParameters', 'ResponseTransferMode', 'RequestParameters'],
  ]);
  if (integration === undefined) return method.fail('Integration is missing');
  integration.only('ConnectionType', 'INTERNET');
  integration.only('ResponseTransferMode', 'BUFFERED');
  const type = integration.text('Type');
  if (type === 'HTTP_PROXY') return { kind: 'http', ...restProxy(integration, method, path) };
  integration.only('RequestParameters', {});
  if (type === 'MOCK') return { kind: 'mock', ...mockIntegration(integration) };
  if (type !== 'AWS_PROXY') integration.fail(`an integration of type ${type} is not hosted`);
  return {
    kind: 'lambda',
    functionArn: lambdaArn(integration, 'Uri'),
    timeoutMilliseconds: integration.number('TimeoutInMillis', 29_000),
  };
}

function readGatewayResponse(properties: Properties): GatewayResponseSpec {
  const type = properties.text('ResponseType');
  if (!gatewayResponseTypes.has(type)) properties.fail(`there is no gateway response ${type}`);
  const parameters = properties.textMap('ResponseParameters');
  for (const [name, value] of Object.entries(parameters)) {
    if (!/^gatewayresponse\.header\.[\w-]+$/.test(name)) properties.fail(`${name} is not hosted`);
    // Whether a header may come from the authorizer's context is not known of AWS.
    if (
      !/^'.*'$|^method\.request\.(header|querystring|path)\.|^(stageVariables|context)\.(?!authorizer\.)/s.test(
        value,
      )
    ) {
      properties.fail(`the value ${value} of ${name} is not hosted`);
    }
  }
  const templates = properties.textMap('ResponseTemplates');
  for (const template of Object.values(templates)) {
    if (/#(set|if|foreach|else|end)\b|\$(util|input)\b/.test(template)) {
      properties.fail('gateway response templates substitute variables and nothing else');
    }
  }
  return {
    type,
    statusCode: properties.has('StatusCode') ? properties.number('StatusCode', 0) : undefined,
    parameters,
    templates,
  };
}
