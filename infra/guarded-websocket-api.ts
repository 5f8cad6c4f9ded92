import { Stack } from 'aws-cdk-lib';
import {
  type CfnApi,
  CfnAuthorizer,
  type IWebSocketRouteAuthorizer,
  WebSocketApi,
  type WebSocketRouteAuthorizerBindOptions,
  type WebSocketRouteAuthorizerConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RouteTable } from '../functions/core/routes/compile-routes.ts';
import type { Routes } from '../functions/core/routes/route-policy.ts';
import { exposureProblems } from './api-exposure.ts';
import { routesOf } from './attached-routes.ts';
import { routeProblems } from './route-checks.ts';
import { policyOf } from './route-table.ts';

export interface GuardedWebSocketApiProps {
  readonly routes: Routes;
  readonly table: RouteTable;
  readonly handler: LambdaFunction;
  /** Prefix of the name of the authorizer. */
  readonly name: string;
  /** Told once of the API. */
  readonly onApi: (api: WebSocketApi) => void;
}

/**
 * The `$connect` of a WebSocket API. Its decision lives as long as the connection, two hours at most; all other routes of
 * such an API are reached through an open connection only.
 */
export class GuardedWebSocketApi {
  readonly #props: GuardedWebSocketApiProps;
  readonly #authorizers: CfnAuthorizer[] = [];
  #api: WebSocketApi | undefined;

  /** @param api may be left out where it does not exist before its `$connect` does */
  constructor(api: WebSocketApi | undefined, props: GuardedWebSocketApiProps) {
    policyOf(props.routes, '$connect');
    this.#props = props;
    if (api !== undefined) this.#watch(api);
  }

  /** Is there an API whose `$connect` is watched over? */
  get isAttached(): boolean {
    return this.#api !== undefined;
  }

  /** For `connectRouteOptions`. */
  authorizer(): IWebSocketRouteAuthorizer {
    return { bind: (options) => this.#bind(options) };
  }

  /**
   * Without an identity source: a credential may stand in one of several places, and API Gateway would want all of them.
   * The library's own authorizer insists on one.
   */
  #bind({ route, scope }: WebSocketRouteAuthorizerBindOptions): WebSocketRouteAuthorizerConfig {
    const { handler, name } = this.#props;
    const { webSocketApi } = route;
    if (!(webSocketApi instanceof WebSocketApi))
      throw new Error(`${route.node.path}: a $connect is guarded in the app of its WebSocket API`);
    this.#watch(webSocketApi);
    const stack = Stack.of(scope);
    const authorizer = new CfnAuthorizer(scope, `${name}Connect`, {
      apiId: webSocketApi.apiId,
      name: `${name}Connect`,
      authorizerType: 'REQUEST',
      authorizerUri: `arn:${stack.partition}:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${handler.functionArn}/invocations`,
    });
    handler.addPermission(`${name}Connect${scope.node.addr}`, {
      scope,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: stack.formatArn({
        service: 'execute-api',
        resource: webSocketApi.apiId,
        resourceName: `authorizers/${authorizer.ref}`,
      }),
    });
    this.#authorizers.push(authorizer);
    return { authorizerId: authorizer.ref, authorizationType: 'CUSTOM' };
  }

  #watch(api: WebSocketApi): void {
    if (this.#api === api) return;
    if (this.#api !== undefined) {
      throw new Error(
        `${this.#api.node.path} and ${api.node.path}: one guard is for one WebSocket API`,
      );
    }
    this.#api = api;
    const cfn = api.node.defaultChild as CfnApi;
    api.node.addValidation({ validate: () => this.#problems(cfn) });
    this.#props.onApi(api);
  }

  #problems(cfn: CfnApi): string[] {
    const { routes, table } = this.#props;
    const attached = routesOf(cfn);
    return [
      ...routeProblems({
        ...{ kind: 'websocket', routes, table, attached, replayed: 0 },
        authorizers: this.#authorizers,
      }),
      ...exposureProblems(cfn, ['$connect']),
    ];
  }
}
