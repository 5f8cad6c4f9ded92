import { Duration, Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  CfnAuthorizer,
  type CfnMethod,
  IdentitySource,
  MockIntegration,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import {
  CfnAuthorizer as CfnAuthorizerV2,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import {
  defineRoutes,
  publicRoute,
  type Routes,
  requires,
} from '../../functions/core/routes/route-policy.ts';
import { consumer, httpConsumer, restConsumer } from './consumer.ts';

const bearer = requires({ schemes: ['bearer'], scopes: ['orders:read'] });
const routes = defineRoutes({
  'GET /': publicRoute(),
  'GET /orders/{id}': bearer,
  'DELETE /orders/{id}': requires({ schemes: ['bearer'], revocation: 'strict' }),
});
const read = 'GET /orders/{id}';
const remove = 'DELETE /orders/{id}';
const proxy = () => new HttpUrlIntegration('Backend', 'https://backend.example');

/** Both kinds of API: how a route is left open, and how it gets what another one should have. */
const kinds = [
  {
    kind: 'a REST API',
    world(table: Routes = routes) {
      const rest = restConsumer(table);
      return {
        ...rest,
        open: (route: string) => rest.method(route, { authorizationType: AuthorizationType.NONE }),
        as: (route: string, other: string) => rest.method(route, rest.guard.methodOptions(other)),
      };
    },
  },
  {
    kind: 'an HTTP API',
    world(table: Routes = routes) {
      const http = httpConsumer(table);
      return {
        ...http,
        open: (key: string) => http.route(key, new HttpNoneAuthorizer()),
        as: (key: string, other: string) => http.route(key, http.guard.authorizer(other)),
      };
    },
  },
] as const;

describe.each(kinds)('synth of $kind', ({ world }) => {
  test('passes when every route has what the table says', () => {
    const { addAll, problem } = world();
    addAll();
    expect(problem()).toBeUndefined();
  });

  test('fails by name when a route has no policy', () => {
    const { addAll, open, problem } = world();
    addAll();
    open('PUT /orders/{id}');
    expect(problem()).toContain('PUT /orders/{id} has no route policy');
  });

  test('fails by name when a route has an authorizer and no policy', () => {
    const { addAll, as, problem } = world();
    addAll();
    as('PUT /orders/{id}', read);
    expect(problem()).toContain('PUT /orders/{id} has no route policy');
  });

  test('fails by name when a policy has no route', () => {
    const { addAll, problem } = world();
    addAll(remove);
    expect(problem()).toContain(`${remove} has a policy but the API has no such route`);
  });

  test('fails by name when what needs a credential is open', () => {
    const { addAll, open, problem } = world();
    addAll(read);
    open(read);
    expect(problem()).toContain(
      `${read} needs a credential but was attached without the authorizer`,
    );
  });

  test('fails by name when what is public has an authorizer, which would refuse it', () => {
    const { addAll, as, problem } = world();
    addAll('GET /');
    as('GET /', read);
    expect(problem()).toContain(
      'GET / is public in the route table but was attached with an authorizer',
    );
  });

  test('fails by name when a greedy path is left open', () => {
    const { addAll, open, problem } = world();
    addAll();
    open('ANY /files/{rest+}');
    expect(problem()).toContain('ANY /files/{rest+} has no route policy and is left open');
  });

  test('leaves a preflight alone', () => {
    const { addAll, open, problem } = world();
    addAll();
    open('OPTIONS /orders/{id}');
    expect(problem()).toBeUndefined();
  });

  test('fails by name when a preflight is protected', () => {
    const { addAll, as, problem } = world();
    addAll();
    as('OPTIONS /orders/{id}', read);
    expect(problem()).toContain('OPTIONS /orders/{id} is protected');
  });

  test('fails by name when an answer that must not be replayed is', () => {
    const { addAll, as, problem } = world();
    addAll(remove);
    as(remove, read);
    expect(problem()).toMatch(
      /DELETE \/orders\/\{id\} must not be replayed \(revocation is strict\), and \S+ replays answers for 55 s/,
    );
  });

  test('has nothing against a route that is replayed less than it may be', () => {
    const { addAll, as, problem } = world();
    addAll(read);
    as(read, remove);
    expect(problem()).toBeUndefined();
  });

  test.each([
    ['ANY /{proxy+}', 'a greedy path must not be public'],
    ['$default', '$default must not be public'],
  ])('is never reached with a table that opens %s', (key, why) => {
    expect(() => world({ ...routes, [key]: publicRoute() })).toThrow(`route "${key}": ${why}`);
  });
});

describe('synth of an HTTP API', () => {
  const withDefault = defineRoutes({ ...routes, $default: bearer });

  test('guards $default like any other route', () => {
    const { addAll, problem } = httpConsumer(withDefault);
    addAll();
    expect(problem()).toBeUndefined();
  });

  test('fails by name when $default is left open', () => {
    const { addAll, route, problem } = httpConsumer(withDefault);
    addAll('$default');
    route('$default', new HttpNoneAuthorizer());
    expect(problem()).toContain('$default needs a credential but was attached without');
  });

  test('fails by name when a default integration opens $default', () => {
    const { stack, authorizer, problem } = consumer(routes);
    authorizer.guardHttpApi(new HttpApi(stack, 'Api', { defaultIntegration: proxy() }));
    expect(problem()).toContain('$default has no route policy and is left open');
  });

  test('fails by name when a route has an authorizer that is not ours', () => {
    const { addAll, route, problem } = httpConsumer(routes);
    addAll(read);
    route(read, new HttpIamAuthorizer());
    expect(problem()).toContain(
      `${read} was attached to AWS_IAM, which does not know its route policy`,
    );
  });

  test('finds a route that was added in another stack', () => {
    const { app, api, addAll, problem } = httpConsumer(routes);
    addAll();
    const other = new Stack(app, 'Other');
    new HttpRoute(other, 'Hidden', {
      httpApi: HttpApi.fromHttpApiAttributes(other, 'Api', { httpApiId: api.httpApiId }),
      routeKey: HttpRouteKey.with('/admin', HttpMethod.GET),
      integration: proxy(),
    });
    expect(problem()).toContain('GET /admin has no route policy');
  });

  test('fails by name when somebody has answers replayed for longer', () => {
    const { api, addAll, problem } = httpConsumer(routes);
    addAll();
    const authorizers = api.node.findAll().filter((node) => node instanceof CfnAuthorizerV2);
    for (const one of authorizers) one.authorizerResultTtlInSeconds = 300;
    expect(problem()).toMatch(/DELETE \/orders\/\{id\} must not be replayed .* for 300 s/);
    expect(problem()).toMatch(/GET \/orders\/\{id\} may be replayed for 55 s, and .* for 300 s/);
  });

  test('does not take the routes of another API for its own', () => {
    const { app, addAll, problem } = httpConsumer(routes);
    addAll();
    // In a stack of its own it has the same logical id.
    const api = new HttpApi(new Stack(app, 'Another'), 'Api');
    api.addRoutes({ path: '/elsewhere', methods: [HttpMethod.GET], integration: proxy() });
    expect(problem()).toBeUndefined();
  });
});

describe('synth of a REST API', () => {
  test('fails by name when a method has an authorizer that is not ours, even over our function', () => {
    const { stack, authorizer, addAll, method, problem } = restConsumer(routes);
    addAll(read);
    const mine = new RequestAuthorizer(stack, 'Mine', {
      handler: authorizer.function,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: Duration.minutes(1),
    });
    method(read, { authorizer: mine });
    expect(problem()).toContain(`${read} was attached to Consumer/Mine`);
  });

  test('fails by name when a method is left to IAM', () => {
    const { addAll, method, problem } = restConsumer(routes);
    addAll(read);
    method(read, { authorizationType: AuthorizationType.IAM });
    expect(problem()).toContain(`${read} was attached to AWS_IAM`);
  });

  test.each<[string, (method: CfnMethod) => void]>([
    [
      'a property',
      (method) => {
        method.authorizationType = 'NONE';
      },
    ],
    ['an override', (method) => method.addPropertyOverride('AuthorizationType', 'NONE')],
  ])('fails by name when %s opens a method afterwards', (_how, open) => {
    const { addAll, method, problem } = restConsumer(routes);
    addAll(read);
    open(method(read));
    expect(problem()).toContain(`${read} needs a credential but was attached without`);
  });

  test('fails by name when somebody has answers replayed for longer', () => {
    const { api, addAll, problem } = restConsumer(routes);
    addAll();
    const authorizers = api.node.findAll().filter((node) => node instanceof CfnAuthorizer);
    // What is not said is five minutes.
    for (const one of authorizers) one.addPropertyDeletionOverride('AuthorizerResultTtlInSeconds');
    expect(problem()).toMatch(/DELETE \/orders\/\{id\} must not be replayed .* for 300 s/);
    expect(problem()).toMatch(/GET \/orders\/\{id\} may be replayed for 55 s, and .* for 300 s/);
  });

  test('finds a method that was added in another stack', () => {
    const { app, api, addAll, problem } = restConsumer(routes);
    addAll();
    const { restApiId, restApiRootResourceId: rootResourceId } = api;
    const imported = { restApiId, rootResourceId };
    RestApi.fromRestApiAttributes(new Stack(app, 'Other'), 'Api', imported)
      .root.addResource('admin')
      .addResource('{name}')
      .addMethod('POST', new MockIntegration());
    expect(problem()).toContain('POST /admin/{name} has no route policy');
  });

  test('fails where nobody can tell the path of a method', () => {
    const { stack, api, addAll, problem } = restConsumer(routes);
    addAll();
    const { restApiId } = api;
    const imported = { restApiId, rootResourceId: 'abc123' };
    RestApi.fromRestApiAttributes(stack, 'Imported', imported).root.addMethod(
      'POST',
      new MockIntegration(),
    );
    expect(problem()).toMatch(/POST Consumer\/Imported\/\S+ has no route policy/);
  });

  test('leaves $default to the HTTP API of the same table', () => {
    const { addAll, problem } = restConsumer(defineRoutes({ ...routes, $default: bearer }));
    addAll('$default');
    expect(problem()).toBeUndefined();
  });
});

describe('the function of an authorizer', () => {
  function withTimeout(seconds: number) {
    const { authorizer, addAll, problem } = restConsumer(routes);
    addAll();
    (authorizer.function.node.defaultChild as CfnFunction).timeout = seconds;
    return problem();
  }

  test.each([6, 900])('fails synth, naming its routes, when it may take %d s', (seconds) => {
    expect(withTimeout(seconds)).toContain(
      `Consumer/Authorizer/Function may take ${seconds} s, and an authorizer at most 5: it decides ${read}, ${remove}`,
    );
  });

  test('may take less', () => {
    expect(withTimeout(1)).toBeUndefined();
  });
});
