import { Duration } from 'aws-cdk-lib';
import {
  CfnRoute,
  type HttpApi,
  HttpNoneAuthorizer,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RouteTable } from '../functions/core/compile-routes.ts';
import type { Routes } from '../functions/core/route-policy.ts';
import { exposureProblems } from './api-exposure.ts';
import { isOther } from './revocation-lag.ts';
import { policyOf, tableProblems } from './route-table.ts';

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
  readonly #guarded = new Set<string>();
  readonly #cached: IHttpRouteAuthorizer;
  readonly #uncached: IHttpRouteAuthorizer;

  constructor(api: HttpApi, props: GuardedHttpApiProps) {
    this.#props = props;
    const { routes, table, cacheTtl } = props;
    const identity = table.identity === 'authorization' ? 'Authorization' : table.identity;
    // A simple answer is a full yes or no for its cache key, so the route has to be in it.
    this.#cached = this.#make('Cached', cacheTtl, [
      `$request.header.${identity}`,
      '$context.routeKey',
    ]);
    this.#uncached = this.#make('Uncached', Duration.seconds(0), []);
    api.node.addValidation({
      validate: () => [
        ...tableProblems(
          Object.keys(routes).filter((route) => !isOther('http', route)),
          routes,
          exposed(api),
          this.#guarded,
        ),
        ...exposureProblems(api, api.apiId),
      ],
    });
  }

  /** The authorizer of a route, for `addRoutes`. @param route `GET /orders/{id}`, `$default` */
  authorizer(route: string): IHttpRouteAuthorizer {
    const { routes, table } = this.#props;
    if (policyOf(routes, route).public) return new HttpNoneAuthorizer();
    this.#guarded.add(route);
    return table.routes[route]?.cache === 'none' ? this.#uncached : this.#cached;
  }

  #make(kind: string, ttl: Duration, identitySource: string[]): IHttpRouteAuthorizer {
    const { handler, name } = this.#props;
    return new HttpLambdaAuthorizer(`${name}${kind}`, handler, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: ttl,
      identitySource,
    });
  }
}

function exposed(api: HttpApi): string[] {
  return api.node
    .findAll()
    .filter((node) => node instanceof CfnRoute)
    .map(({ routeKey }) => routeKey)
    .filter((routeKey) => !routeKey.startsWith('OPTIONS '));
}
