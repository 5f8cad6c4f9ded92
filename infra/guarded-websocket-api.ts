import { Stack } from 'aws-cdk-lib';
import {
  CfnAuthorizer,
  type IWebSocketRouteAuthorizer,
  type WebSocketRouteAuthorizerBindOptions,
  type WebSocketRouteAuthorizerConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Routes } from '../functions/core/route-policy.ts';
import { policyOf } from './route-table.ts';

/**
 * The `$connect` of a WebSocket API. Its decision lives as long as the connection, two hours at most; all other routes of
 * such an API are reached through an open connection only.
 */
export class GuardedWebSocketApi {
  readonly #handler: LambdaFunction;
  readonly #name: string;

  constructor(routes: Routes, handler: LambdaFunction, name: string) {
    policyOf(routes, '$connect');
    this.#handler = handler;
    this.#name = name;
  }

  /** For `connectRouteOptions`. */
  authorizer(): IWebSocketRouteAuthorizer {
    return new ConnectAuthorizer(this.#handler, this.#name);
  }
}

/**
 * Without an identity source: a credential may stand in one of several places, and API Gateway would want all of them. The
 * library's own authorizer insists on one.
 */
class ConnectAuthorizer implements IWebSocketRouteAuthorizer {
  readonly #handler: LambdaFunction;
  readonly #name: string;
  #authorizerId: string | undefined;

  constructor(handler: LambdaFunction, name: string) {
    this.#handler = handler;
    this.#name = name;
  }

  bind({ route, scope }: WebSocketRouteAuthorizerBindOptions): WebSocketRouteAuthorizerConfig {
    this.#authorizerId ??= this.#make(route.webSocketApi.apiId, scope);
    return { authorizerId: this.#authorizerId, authorizationType: 'CUSTOM' };
  }

  #make(apiId: string, scope: WebSocketRouteAuthorizerBindOptions['scope']): string {
    const stack = Stack.of(scope);
    const { functionArn } = this.#handler;
    const authorizer = new CfnAuthorizer(scope, `${this.#name}Connect`, {
      apiId,
      name: `${this.#name}Connect`,
      authorizerType: 'REQUEST',
      authorizerUri: `arn:${stack.partition}:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    });
    this.#handler.addPermission(`${this.#name}Connect${scope.node.addr}`, {
      scope,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: stack.formatArn({
        service: 'execute-api',
        resource: apiId,
        resourceName: `authorizers/${authorizer.ref}`,
      }),
    });
    return authorizer.ref;
  }
}
