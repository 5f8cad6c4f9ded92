import { App, Stack } from 'aws-cdk-lib';
import {
  type CfnMethod,
  type MethodOptions,
  MockIntegration,
  RestApi,
  type RestApiProps,
} from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  type HttpMethod,
  HttpRoute,
  HttpRouteKey,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Routes } from '../../functions/core/routes/route-policy.ts';
import { CombinedAuthorizer } from '../../infra/authorizers/combined-authorizer.ts';
import type { JwtAuthorizerProps } from '../../infra/authorizers/jwt-authorizer.ts';
import type { RouteAuthorizer } from '../../infra/authorizers/route-authorizer.ts';
import type { GuardedHttpApi } from '../../infra/guarded-http-api.ts';
import type { GuardedRestApi } from '../../infra/guarded-rest-api.ts';
import { KeywardRef } from '../../infra/keyward-ref.ts';

/** Another app of the same account, with an authorizer and no API yet. */
export interface Consumer {
  readonly app: App;
  readonly stack: Stack;
  readonly authorizer: RouteAuthorizer;
  /** What `app.synth()` says is wrong; `undefined` when it passes. */
  problem(): string | undefined;
}

export function consumer(routes: Routes, props: Partial<JwtAuthorizerProps> = {}): Consumer {
  const app = new App();
  const stack = new Stack(app, 'Consumer');
  const authorizer = new CombinedAuthorizer(stack, 'Authorizer', {
    keyward: KeywardRef.fromSsm(stack, 'Keyward'),
    audience: 'https://orders.example.com',
    routes,
    ...props,
  });
  return {
    ...{ app, stack, authorizer },
    problem() {
      try {
        app.synth();
        return undefined;
      } catch (cause) {
        return (cause as Error).message;
      }
    },
  };
}

export interface RestConsumer extends Consumer {
  readonly api: RestApi;
  readonly guard: GuardedRestApi;
  /** Adds a method. @param options @default what the guard hands out for it */
  method(route: string, options?: MethodOptions): CfnMethod;
  /** Adds the routes of the table as the guard wants them. */
  addAll(except?: string): void;
}

/** A REST API behind the authorizer, still without methods. */
export function restConsumer(
  routes: Routes,
  props: Partial<JwtAuthorizerProps> = {},
  api: RestApiProps = {},
): RestConsumer {
  const world = consumer(routes, props);
  const rest = new RestApi(world.stack, 'Api', { cloudWatchRole: false, ...api });
  const guard = world.authorizer.guardRestApi(rest, { realm: 'orders' });
  const method: RestConsumer['method'] = (route, options = guard.methodOptions(route)) => {
    const [verb = '', path = ''] = route.split(' ');
    const resource = rest.root.resourceForPath(path);
    const added = resource.addMethod(verb, new MockIntegration(), options);
    return added.node.defaultChild as CfnMethod;
  };
  return { ...world, api: rest, guard, method, addAll: addAll(routes, method) };
}

export interface HttpConsumer extends Consumer {
  readonly api: HttpApi;
  readonly guard: GuardedHttpApi;
  /** Adds a route. @param authorizer @default what the guard hands out for it */
  route(key: string, authorizer?: IHttpRouteAuthorizer): HttpRoute;
  /** Adds the routes of the table as the guard wants them. */
  addAll(except?: string): void;
}

/** An HTTP API behind the authorizer, still without routes. */
export function httpConsumer(
  routes: Routes,
  props: Partial<JwtAuthorizerProps> = {},
): HttpConsumer {
  const world = consumer(routes, props);
  const api = new HttpApi(world.stack, 'Api');
  const guard = world.authorizer.guardHttpApi(api);
  const route: HttpConsumer['route'] = (key, authorizer = guard.authorizer(key)) => {
    const [verb, path] = key.split(' ');
    return new HttpRoute(api, `Route ${key}`, {
      httpApi: api,
      routeKey:
        path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, verb as HttpMethod),
      integration: new HttpUrlIntegration('Backend', 'https://backend.example'),
      authorizer,
    });
  };
  return { ...world, api, guard, route, addAll: addAll(routes, route) };
}

function addAll(routes: Routes, add: (route: string) => unknown) {
  return (except?: string): void => {
    for (const route of Object.keys(routes)) if (route !== except) add(route);
  };
}
