import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnStage, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { defineRoutes, type Routes, requires } from '../../functions/core/routes/route-policy.ts';
import { consumer, restConsumer } from './consumer.ts';

const bearer = requires({ schemes: ['bearer'] });
const admin = requires({ schemes: ['bearer'], scopes: ['admin'] });
const plain = defineRoutes({ 'GET /orders': admin, 'GET /orders/{id}': bearer });
/** Whoever may use the second alone cannot be refused the first by name: its pattern matches the second. */
const nested = defineRoutes({ 'GET /users/{id}': admin, 'GET /users/me': bearer });
const colliding = defineRoutes({
  'GET /{proxy+}': requires({ schemes: ['bearer'], scopes: ['read'] }),
  ...nested,
});

describe('a resource policy', () => {
  const statement = (effect: Effect) =>
    new PolicyStatement({
      effect,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: ['execute-api:/*'],
      conditions: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    });
  const could = (refused: string, granted: string) =>
    `${refused} could be opened by the Allow of the API's resource policy to whoever may call ${granted}`;

  test.each<[string, string | undefined, Effect, Routes]>([
    [
      'fails synth by name when its Allow would answer for the authorizer',
      could('GET /users/{id}', 'GET /users/me'),
      Effect.ALLOW,
      nested,
    ],
    [
      // GET/%6Frders is no ARN that a policy names, and may be the route that it refuses.
      'fails synth by name where the refusal has a name, and some spelling of the path has none',
      could('GET /orders', 'GET /orders/{id}'),
      Effect.ALLOW,
      plain,
    ],
    ['may deny', undefined, Effect.DENY, nested],
    [
      'may allow where whoever may call one route may call all of them',
      undefined,
      Effect.ALLOW,
      defineRoutes({ 'GET /orders': admin, 'GET /orders/{id}': admin }),
    ],
    ['may allow where answers are for one route', undefined, Effect.ALLOW, colliding],
  ])('%s', (_rule, message, effect, routes) => {
    const policy = new PolicyDocument({ statements: [statement(effect)] });
    const { addAll, problem } = restConsumer(routes, {}, { policy });
    addAll();
    if (message === undefined) expect(problem()).toBeUndefined();
    else expect(problem()).toContain(message);
  });

  test('is looked at as it ends up', () => {
    const { api, addAll, problem } = restConsumer(nested);
    addAll();
    api.addToResourcePolicy(statement(Effect.DENY));
    api.addToResourcePolicy(statement(Effect.ALLOW));
    expect(problem()).toContain(could('GET /users/{id}', 'GET /users/me'));
  });
});

describe('a stage', () => {
  const many = defineRoutes(
    Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `GET /collection-${index}/{id}`,
        requires({ schemes: ['bearer'], scopes: [`s${index}`] }),
      ]),
    ),
  );
  const long = 'a'.repeat(60);

  test('fails synth by its name where a policy would not fit an answer any more', () => {
    const { addAll, problem } = restConsumer(many, {}, { deployOptions: { stageName: long } });
    addAll();
    expect(problem()).toMatch(
      new RegExp(
        `the stage ${long} has too long a name for one answer: a policy could have \\d+ bytes`,
      ),
    );
  });

  test('fails synth as well if it was added later, by whomever', () => {
    const { stack, api, addAll, problem } = restConsumer(many);
    addAll();
    new CfnStage(stack, 'Later', { restApiId: api.restApiId, stageName: long });
    expect(problem()).toContain(`the stage ${long} has too long a name`);
  });

  test('may have any name where policies are small, or answers are for one route', () => {
    for (const routes of [plain, colliding]) {
      const { addAll, problem } = restConsumer(routes, {}, { deployOptions: { stageName: long } });
      addAll();
      expect(problem()).toBeUndefined();
    }
  });
});

describe('routes whose patterns match each other', () => {
  test('are reported by name, and decided one by one', () => {
    const { stack, addAll } = restConsumer(colliding);
    addAll();
    Annotations.fromStack(stack).hasWarning(
      '/Consumer/Authorizer',
      Match.stringLikeRegexp(
        'no policy can allow GET /\\{proxy\\+\\} and GET /users/me and refuse GET /users/\\{id\\}',
      ),
    );
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Authorizer', {
      IdentitySource: 'method.request.header.Authorization,context.resourcePath,context.httpMethod',
      AuthorizerResultTtlInSeconds: 55,
    });
  });

  test('are no news where one policy serves the whole API', () => {
    const { stack, addAll } = restConsumer(plain);
    addAll();
    Annotations.fromStack(stack).hasNoWarning('/Consumer/Authorizer', Match.anyValue());
  });
});

describe('a TOKEN authorizer, which knows no route, ', () => {
  const guarding = (routes: Routes, revocationLagSeconds = 60) => {
    const { stack, authorizer } = consumer(routes, { revocationLagSeconds });
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    return () => authorizer.guardRestApi(api, { realm: 'orders' }, 'token');
  };

  test('cannot stand before routes whose patterns match each other', () => {
    expect(guarding(colliding)).toThrow(
      /answers for the whole API: no policy can allow GET \/users\/\{id\} and refuse GET \/\{proxy\+\}/,
    );
  });

  test('is refused by name where one header does not decide', () => {
    const strict = requires({ schemes: ['bearer'], revocation: 'strict' });
    expect(guarding(defineRoutes({ ...plain, 'DELETE /orders': strict }))).toThrow(
      'DELETE /orders cannot be decided by one header alone, which is all that a TOKEN authorizer sees: revocation is strict',
    );
  });

  test('is refused by name where a password may be presented: its header says nothing of failures', () => {
    const password = requires({ schemes: ['apikey', 'basic'] });
    expect(guarding(defineRoutes({ ...plain, 'GET /reports': password }))).toThrow(
      'GET /reports cannot be decided by one header alone, which is all that a TOKEN authorizer sees: basic depends on failures and addresses',
    );
  });

  test('is refused by name where nothing may be replayed', () => {
    expect(guarding(plain, 5)).toThrow('GET /orders cannot be decided by one header alone');
    expect(guarding(plain, 6)).not.toThrow();
  });

  test('has nothing to do with the routes of other kinds of APIs', () => {
    expect(guarding(defineRoutes({ ...plain, $connect: bearer, $default: bearer }))).not.toThrow();
  });
});
