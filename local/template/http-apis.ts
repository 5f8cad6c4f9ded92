import type {
  CorsSpec,
  HttpApiSpec,
  HttpAuthorizerSpec,
  HttpRouteSpec,
} from '../gateway/api-spec.ts';
import { parseIdentitySource } from '../gateway/identity-source.ts';
import { httpProxy } from './http-proxy.ts';
import { lambdaArn } from './lambda-uri.ts';
import { type Properties, propertiesOf } from './properties.ts';
import type { ResolvedAssembly, Resource } from './resolve-assembly.ts';

/** What HTTP APIs of an assembly consist of. @throws TemplateError */
export function httpApiSpecs(assembly: ResolvedAssembly): readonly HttpApiSpec[] {
  const { resources, accountId, region } = assembly;
  const ofType = (type: string, apiId: string): readonly Resource[] =>
    resources.filter((resource) => resource.type === type && resource.properties.ApiId === apiId);

  return resources
    .filter(({ type }) => type === 'AWS::ApiGatewayV2::Api')
    .filter(({ properties }) => properties.ProtocolType !== 'WEBSOCKET')
    .map((api) => {
      const properties = propertiesOf(api);
      properties.only('ProtocolType', 'HTTP');
      properties.only('RouteSelectionExpression', '$request.method $request.path');
      const apiId = api.ref;
      const authorizers = ofType('AWS::ApiGatewayV2::Authorizer', apiId).map(readAuthorizer);
      const integrations = new Map(
        ofType('AWS::ApiGatewayV2::Integration', apiId).map((resource) => [
          `integrations/${resource.ref}`,
          readIntegration(propertiesOf(resource)),
        ]),
      );
      const stages = ofType('AWS::ApiGatewayV2::Stage', apiId).map((resource) => {
        const stage = propertiesOf(resource);
        return { name: stage.text('StageName'), variables: stage.textMap('StageVariables') };
      });
      return {
        kind: 'http',
        isEndpointDisabled: properties.flag('DisableExecuteApiEndpoint'),
        stackName: api.stackName,
        logicalId: api.logicalId,
        apiId,
        accountId,
        region,
        stages,
        cors: readCors(properties),
        routes: ofType('AWS::ApiGatewayV2::Route', apiId).map((resource) =>
          readRoute(propertiesOf(resource), integrations, authorizers),
        ),
      };
    });
}

type Integration = HttpRouteSpec['integration'];

function readIntegration(properties: Properties): Integration {
  properties.only('IntegrationType', 'AWS_PROXY', 'HTTP_PROXY');
  properties.only('ConnectionType', 'INTERNET');
  if (properties.text('IntegrationType') === 'HTTP_PROXY') {
    return { kind: 'http', ...httpProxy(properties) };
  }
  properties.only('RequestParameters', {});
  properties.only('PayloadFormatVersion', '1.0', '2.0');
  return {
    kind: 'lambda',
    functionArn: lambdaArn(properties, 'IntegrationUri'),
    payloadFormatVersion: properties.text('PayloadFormatVersion') === '1.0' ? '1.0' : '2.0',
    timeoutMilliseconds: properties.number('TimeoutInMillis', 30_000),
  };
}

function readAuthorizer(resource: Resource): HttpAuthorizerSpec {
  const properties = propertiesOf(resource);
  const type = properties.text('AuthorizerType');
  if (type !== 'REQUEST') properties.fail(`an authorizer of type ${type} is not hosted`);
  properties.only('AuthorizerPayloadFormatVersion', '1.0', '2.0');
  const payloadFormatVersion =
    properties.text('AuthorizerPayloadFormatVersion') === '1.0' ? '1.0' : '2.0';
  const simpleResponses = properties.flag('EnableSimpleResponses');
  if (simpleResponses && payloadFormatVersion === '1.0') {
    properties.fail('simple responses need the payload format 2.0');
  }
  const identitySources = properties.texts('IdentitySource');
  for (const source of identitySources) {
    if (parseIdentitySource(source, 'http') === undefined) {
      properties.fail(`the identity source ${source} is not hosted`);
    }
  }
  // An HTTP API replays nothing unless it is told to.
  const ttlSeconds = properties.number('AuthorizerResultTtlInSeconds', 0);
  if (ttlSeconds < 0 || ttlSeconds > 3_600) {
    properties.fail('AuthorizerResultTtlInSeconds must be 0 to 3600');
  }
  if (ttlSeconds > 0 && identitySources.length === 0) {
    properties.fail('AuthorizerResultTtlInSeconds above 0 needs an IdentitySource');
  }
  return {
    authorizerId: resource.ref,
    logicalId: resource.logicalId,
    functionArn: lambdaArn(properties, 'AuthorizerUri'),
    identitySources,
    ttlSeconds,
    payloadFormatVersion,
    simpleResponses,
  };
}

function readRoute(
  properties: Properties,
  integrations: ReadonlyMap<string, Integration>,
  authorizers: readonly HttpAuthorizerSpec[],
): HttpRouteSpec {
  properties.only('ApiKeyRequired', false);
  properties.only('AuthorizationScopes', []);
  properties.only('RouteResponseSelectionExpression');
  const routeKey = properties.text('RouteKey');
  if (routeKey !== '$default' && !/^[A-Z]+ \/\S*$/.test(routeKey)) {
    properties.fail(`the route key ${routeKey} is not hosted`);
  }
  const integration =
    integrations.get(properties.text('Target')) ??
    properties.fail('Target names no integration of this API');
  if (integration.kind === 'http') {
    for (const { place, name } of integration.mappings) {
      const isTaken = routeKey.includes(`{${name}}`) || routeKey.includes(`{${name}+}`);
      if (place === 'path' && !isTaken) {
        properties.fail(`the URI of its integration has {${name}}, which the route has not`);
      }
    }
  }
  const type = properties.textOr('AuthorizationType', 'NONE');
  if (type === 'NONE') return { routeKey, integration, authorizer: undefined };
  if (type !== 'CUSTOM') properties.fail(`the authorization type ${type} is not hosted`);
  const authorizerId = properties.text('AuthorizerId');
  const authorizer =
    authorizers.find((candidate) => candidate.authorizerId === authorizerId) ??
    properties.fail('AuthorizerId names no authorizer of this API');
  return { routeKey, integration, authorizer };
}

function readCors(properties: Properties): CorsSpec | undefined {
  const cors = properties.nested('CorsConfiguration', [
    ...['AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigins'],
    ...['ExposeHeaders', 'MaxAge'],
  ]);
  if (cors === undefined) return undefined;
  return {
    allowOrigins: cors.texts('AllowOrigins'),
    allowMethods: cors.texts('AllowMethods'),
    allowHeaders: cors.texts('AllowHeaders'),
    exposeHeaders: cors.texts('ExposeHeaders'),
    allowCredentials: cors.flag('AllowCredentials'),
    maxAgeSeconds: cors.has('MaxAge') ? cors.number('MaxAge', 0) : undefined,
  };
}
