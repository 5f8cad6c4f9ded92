import { Duration } from 'aws-cdk-lib';
import {
  type CfnApi,
  CfnAuthorizer,
  type HttpApi,
  HttpNoneAuthorizer,
  type HttpRouteAuthorizerBindOptions,
  type HttpRouteAuthorizerConfig,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RouteTable } from '../functions/core/routes/compile-routes.ts';
import type { Routes } from '../functions/core/routes/route-policy.ts';
import { exposureProblems } from './api-exposure.ts';
import { routesOf } from './attached-routes.ts';
import { referenced } from './rendered.ts';
import { routeProblems } from './route-checks.ts';
import { policyOf } from './route-table.ts';

export interface GuardedHttpApiProps {
  readonly routes: Routes;
  readonly table: RouteTable;
  readonly handler: LambdaFunction;
  /** Prefix of the names of the authorizers. */
  readonly name: string;
  readonly cacheTtl: Duration;
}

/** An HTTP API whose every route is covered by a route policy. */
export class GuardedHttpApi {
  readonly #props: GuardedHttpApiProps;
  readonly #cached: SimpleAuthorizer;
  readonly #uncached: SimpleAuthorizer;

  constructor(api: HttpApi, props: GuardedHttpApiProps) {
    this.#props = props;
    const { table, cacheTtl } = props;
    const identity = table.identity === 'authorization' ? 'Authorization' : table.identity;
    // A simple answer is a full yes or no for its cache key, so the route has to be in it.
    this.#cached = this.#make('Cached', cacheTtl, [
      `$request.header.${identity}`,
      '$context.routeKey',
    ]);
    this.#uncached = this.#make('Uncached', Duration.seconds(0), []);
    const cfn = api.node.defaultChild as CfnApi;
    api.node.addValidation({ validate: () => this.#problems(cfn) });
  }

  /** The authorizer of a route, for `addRoutes`. @param route `GET /orders/{id}`, `$default` */
  authorizer(route: string): IHttpRouteAuthorizer {
    const { routes, table } = this.#props;
    if (policyOf(routes, route).public) return new HttpNoneAuthorizer();
    return table.routes[route]?.cache === 'none' ? this.#uncached : this.#cached;
  }

  #make(kind: string, ttl: Duration, identitySource: string[]): SimpleAuthorizer {
    const { handler, name } = this.#props;
    return new SimpleAuthorizer(`${name}${kind}`, handler, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: ttl,
      identitySource,
    });
  }

  #problems(cfn: CfnApi): string[] {
    const { routes, table, cacheTtl } = this.#props;
    const attached = routesOf(cfn);
    return [
      ...routeProblems({
        ...{ kind: 'http', routes, table, attached, replayed: cacheTtl.toSeconds() },
        authorizers: [this.#cached.resource, this.#uncached.resource],
      }),
      ...exposureProblems(
        cfn,
        attached.map(({ key }) => key),
      ),
    ];
  }
}

/** An authorizer of an HTTP API that remembers what it became. */
class SimpleAuthorizer extends HttpLambdaAuthorizer {
  /** `undefined` until a route has it. */
  resource: CfnAuthorizer | undefined;

  override bind(options: HttpRouteAuthorizerBindOptions): HttpRouteAuthorizerConfig {
    const config = super.bind(options);
    const resource = referenced(config.authorizerId);
    if (this.resource === undefined && resource instanceof CfnAuthorizer) {
      this.resource = resource;
      // An authorizer that needs no header says nothing, which is not the same as an empty list.
      if (resource.identitySource?.length === 0) resource.identitySource = undefined;
    }
    return config;
  }
}
