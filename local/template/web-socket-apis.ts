import type { AuthorizerSpec, WebSocketApiSpec, WebSocketRouteSpec } from '../gateway/api-spec.ts';
import { parseIdentitySource } from '../gateway/identity-source.ts';
import { routeSelection } from '../gateway/route-selection.ts';
import { lambdaArn } from './lambda-uri.ts';
import { type Properties, propertiesOf } from './properties.ts';
import type { ResolvedAssembly, Resource } from './resolve-assembly.ts';

/** What WebSocket APIs of an assembly consist of. @throws TemplateError */
export function webSocketApiSpecs(assembly: ResolvedAssembly): readonly WebSocketApiSpec[] {
  const { resources, accountId, region } = assembly;
  const ofType = (type: string, apiId: string): readonly Resource[] =>
    resources.filter((resource) => resource.type === type && resource.properties.ApiId === apiId);

  return resources
    .filter(({ type }) => type === 'AWS::ApiGatewayV2::Api')
    .filter(({ properties }) => properties.ProtocolType === 'WEBSOCKET')
    .map((api) => {
      const properties = propertiesOf(api);
      properties.only('DisableExecuteApiEndpoint', false);
      properties.only('CorsConfiguration');
      const routeSelectionExpression = properties.text('RouteSelectionExpression');
      if (routeSelection(routeSelectionExpression) === undefined) {
        properties.fail(`the RouteSelectionExpression ${routeSelectionExpression} is not hosted`);
      }
      const apiId = api.ref;
      const authorizers = ofType('AWS::ApiGatewayV2::Authorizer', apiId).map(readAuthorizer);
      const integrations = new Map(
        ofType('AWS::ApiGatewayV2::Integration', apiId).map((resource) => [
          `integrations/${resource.ref}`,
          readIntegration(propertiesOf(resource)),
        ]),
      );
      const answering = new Set(
        ofType('AWS::ApiGatewayV2::RouteResponse', apiId).map((resource) => {
          const response = propertiesOf(resource);
          response.only('RouteResponseKey', '$default');
          return response.text('RouteId');
        }),
      );
      return {
        kind: 'webSocket',
        ...{ stackName: api.stackName, logicalId: api.logicalId, apiId, accountId, region },
        stages: ofType('AWS::ApiGatewayV2::Stage', apiId).map((resource) => {
          const stage = propertiesOf(resource);
          return { name: stage.text('StageName'), variables: stage.textMap('StageVariables') };
        }),
        routeSelectionExpression,
        routes: ofType('AWS::ApiGatewayV2::Route', apiId).map((resource) =>
          readRoute(resource, integrations, authorizers, answering),
        ),
      };
    });
}

type Integration = WebSocketRouteSpec['integration'];

function readIntegration(properties: Properties): Integration {
  properties.only('IntegrationType', 'AWS_PROXY');
  properties.only('ConnectionType', 'INTERNET');
  properties.only('PayloadFormatVersion', '1.0');
  return {
    functionArn: lambdaArn(properties, 'IntegrationUri'),
    timeoutMilliseconds: properties.number('TimeoutInMillis', 29_000),
  };
}

function readAuthorizer(resource: Resource): AuthorizerSpec {
  const properties = propertiesOf(resource);
  const type = properties.text('AuthorizerType');
  if (type !== 'REQUEST') properties.fail(`an authorizer of type ${type} is not hosted`);
  // What only HTTP APIs have: a payload format, simple responses, a result cache.
  properties.only('AuthorizerPayloadFormatVersion');
  properties.only('EnableSimpleResponses');
  properties.only('AuthorizerResultTtlInSeconds');
  const identitySources = properties.texts('IdentitySource');
  for (const source of identitySources) {
    if (parseIdentitySource(source, 'webSocket') === undefined) {
      properties.fail(`the identity source ${source} is not hosted`);
    }
  }
  return {
    authorizerId: resource.ref,
    logicalId: resource.logicalId,
    functionArn: lambdaArn(properties, 'AuthorizerUri'),
    identitySources,
    ttlSeconds: 0,
  };
}

function readRoute(
  resource: Resource,
  integrations: ReadonlyMap<string, Integration>,
  authorizers: readonly AuthorizerSpec[],
  answering: ReadonlySet<string>,
): WebSocketRouteSpec {
  const properties = propertiesOf(resource);
  properties.only('ApiKeyRequired', false);
  properties.only('AuthorizationScopes', []);
  properties.only('RouteResponseSelectionExpression', '$default');
  const routeKey = properties.text('RouteKey');
  const integration =
    integrations.get(properties.text('Target')) ??
    properties.fail('Target names no integration of this API');
  const hasResponse = answering.has(resource.ref);
  if (hasResponse && (routeKey === '$connect' || routeKey === '$disconnect')) {
    properties.fail(`a route response of ${routeKey} is not hosted`);
  }
  if (hasResponse !== properties.has('RouteResponseSelectionExpression')) {
    properties.fail('a route response needs RouteResponseSelectionExpression, and the other way');
  }
  const type = properties.textOr('AuthorizationType', 'NONE');
  if (type === 'NONE') return { routeKey, integration, hasResponse, authorizer: undefined };
  if (type !== 'CUSTOM') properties.fail(`the authorization type ${type} is not hosted`);
  if (routeKey !== '$connect') properties.fail('only $connect can have an authorizer');
  const authorizerId = properties.text('AuthorizerId');
  const authorizer =
    authorizers.find((candidate) => candidate.authorizerId === authorizerId) ??
    properties.fail('AuthorizerId names no authorizer of this API');
  return { routeKey, integration, hasResponse, authorizer };
}
