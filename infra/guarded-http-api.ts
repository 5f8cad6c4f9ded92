import {
  CfnRoute,
  type HttpApi,
  HttpNoneAuthorizer,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { uncacheable } from '../functions/core/compile-routes.ts';
import type { Routes } from '../functions/core/route-policy.ts';
import { policyOf, tableProblems } from './route-table.ts';

export interface GuardedHttpApiProps {
  readonly routes: Routes;
  readonly cached: IHttpRouteAuthorizer;
  readonly uncached: IHttpRouteAuthorizer;
}

/** An HTTP API whose every route is covered by a route policy. */
export class GuardedHttpApi {
  readonly #props: GuardedHttpApiProps;
  readonly #guarded = new Set<string>();

  constructor(api: HttpApi, props: GuardedHttpApiProps) {
    this.#props = props;
    api.node.addValidation({
      validate: () =>
        tableProblems(
          props.routes,
          api.node
            .findAll()
            .filter((node) => node instanceof CfnRoute)
            .map(({ routeKey }) => routeKey)
            .filter((routeKey) => !routeKey.startsWith('OPTIONS ')),
          this.#guarded,
        ),
    });
  }

  /** The authorizer of a route, for `addRoutes`. @param route `GET /orders/{id}` */
  authorizer(route: string): IHttpRouteAuthorizer {
    const policy = policyOf(this.#props.routes, route);
    if (policy.public) return new HttpNoneAuthorizer();
    this.#guarded.add(route);
    return uncacheable(route, policy) === undefined ? this.#props.cached : this.#props.uncached;
  }
}
