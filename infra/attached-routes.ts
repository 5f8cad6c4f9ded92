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

/** The stages of an API. */
export interface StagesOfApi {
  /** As far as they are known before it is deployed. */
  readonly names: readonly string[];
  /** Places in the app of the others. */
  readonly unnamed: readonly string[];
}

export function stagesOf(api: IConstruct): StagesOfApi {
  const stages = [
    ...resourcesOf(api, CfnStage, ({ restApiId }) => restApiId),
    ...resourcesOf(api, CfnHttpStage, ({ apiId }) => apiId),
    // One without the name of a stage makes none.
    ...resourcesOf(api, CfnDeployment, ({ restApiId }) => restApiId).filter(
      (deployment) => rendered(deployment).StageName !== undefined,
    ),
  ].map((stage) => ({ name: rendered(stage).StageName, path: stage.node.path }));
  return {
    names: stages.map(({ name }) => name).filter((name) => typeof name === 'string'),
    unnamed: stages.filter(({ name }) => typeof name !== 'string').map(({ path }) => path),
  };
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
