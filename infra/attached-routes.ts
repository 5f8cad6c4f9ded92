import type { CfnResource } from 'aws-cdk-lib';
import {
  CfnDeployment,
  CfnMethod,
  CfnResource as CfnPath,
  CfnRestApi,
  CfnStage,
} from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnApi,
  CfnStage as CfnHttpStage,
  CfnIntegration,
  CfnRoute,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import { referenced, rendered } from './rendered.ts';

/** A route of an API as the templates of its app will have it, wherever in the app it was added. */
export interface AttachedRoute {
  /** `GET /orders/{id}`; the method's place in the app where nobody can tell its path. */
  readonly key: string;
  /** `NONE`, `CUSTOM`, `AWS_IAM`, … */
  readonly authorizationType: string;
  readonly authorizer: IConstruct | undefined;
  /** Request parameters of an HTTP_PROXY integration, which hands on what the caller sent; other integrations: `undefined`. */
  readonly proxyParameters: Readonly<Record<string, unknown>> | undefined;
}

/** The methods of a REST API. */
export function restRoutes(api: CfnRestApi): readonly AttachedRoute[] {
  return resourcesOf(api, CfnMethod, ({ restApiId }) => restApiId).map((method) => {
    const { HttpMethod, AuthorizationType, Integration } = rendered(method);
    const { Type, RequestParameters } = (Integration ?? {}) as Record<string, unknown>;
    return {
      key: `${HttpMethod} ${pathOf(method) ?? method.node.path}`,
      ...attachment(AuthorizationType, method.authorizerId),
      proxyParameters: proxyParameters(Type, RequestParameters),
    };
  });
}

/** The routes of an HTTP or a WebSocket API. */
export function routesOf(api: CfnApi): readonly AttachedRoute[] {
  return resourcesOf(api, CfnRoute, ({ apiId }) => apiId).map((route) => {
    const { RouteKey, AuthorizationType } = rendered(route);
    const integration = referenced(route.target);
    const { IntegrationType, RequestParameters } =
      integration instanceof CfnIntegration ? rendered(integration) : {};
    return {
      key: String(RouteKey),
      ...attachment(AuthorizationType, route.authorizerId),
      proxyParameters: proxyParameters(IntegrationType, RequestParameters),
    };
  });
}

/** The names of the stages of an API, as far as they are known before it is deployed. */
export function stageNames(api: IConstruct): readonly string[] {
  const stages = [
    ...resourcesOf(api, CfnStage, ({ restApiId }) => restApiId),
    ...resourcesOf(api, CfnDeployment, ({ restApiId }) => restApiId),
    ...resourcesOf(api, CfnHttpStage, ({ apiId }) => apiId),
  ];
  return stages
    .map((stage) => rendered(stage).StageName)
    .filter((name): name is string => typeof name === 'string');
}

function resourcesOf<T extends CfnResource & IConstruct>(
  api: IConstruct,
  type: abstract new (...of: never[]) => T,
  apiIdOf: (resource: T) => unknown,
): readonly T[] {
  return api.node.root.node
    .findAll()
    .filter((node): node is T => node instanceof type)
    .filter((resource) => referenced(apiIdOf(resource)) === api);
}

function attachment(
  type: unknown,
  authorizerId: unknown,
): Pick<AttachedRoute, 'authorizationType' | 'authorizer'> {
  return { authorizationType: String(type ?? 'NONE'), authorizer: referenced(authorizerId) };
}

function proxyParameters(
  type: unknown,
  parameters: unknown,
): Readonly<Record<string, unknown>> | undefined {
  return type === 'HTTP_PROXY' ? ((parameters ?? {}) as Record<string, unknown>) : undefined;
}

/** The template of a method, from its resource up to the root. */
function pathOf(method: CfnMethod): string | undefined {
  const parts: string[] = [];
  let at = referenced(method.resourceId);
  while (at instanceof CfnPath) {
    parts.unshift(String(rendered(at).PathPart));
    at = referenced(at.parentId);
  }
  return at instanceof CfnRestApi ? `/${parts.join('/')}` : undefined;
}
