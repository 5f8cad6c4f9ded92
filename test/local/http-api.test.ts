import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  apiPermission,
  invocationUri,
  lambdaFunction,
  writeAssembly,
} from '../support/assembly.ts';
import { echo, type GatewayWorld, gatewayWorld, programmable } from '../support/gateway-world.ts';

const worlds: GatewayWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

interface Shape {
  readonly routes?: readonly string[];
  /** Routes behind the authorizer. */
  readonly guarded?: readonly string[];
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly integration?: Readonly<Record<string, unknown>>;
  readonly cors?: Readonly<Record<string, unknown>>;
  readonly withoutPermission?: string;
  readonly authorizerTimeoutMilliseconds?: number;
}

async function httpWorld(shape: Shape): Promise<GatewayWorld> {
  const { routes = [], guarded = [], authorizer = {}, integration = {}, cors } = shape;
  const route = (routeKey: string, index: number, more: object) => ({
    [`Route${index}`]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ...{ ApiId: { Ref: 'Api' }, RouteKey: routeKey },
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
        ...more,
      },
    },
  });
  const behind = { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Authorizer' } };
  const permissions = ['Backend', 'Auth'].filter((id) => id !== shape.withoutPermission);
  const directory = writeAssembly(
    {
      Main: {
        Resources: {
          ...lambdaFunction('Backend', 'echo'),
          ...lambdaFunction('Auth', 'programmable'),
          ...Object.assign({}, ...permissions.map(apiPermission)),
          Api: {
            Type: 'AWS::ApiGatewayV2::Api',
            Properties: {
              ProtocolType: 'HTTP',
              ...(cors === undefined ? {} : { CorsConfiguration: cors }),
            },
          },
          Stage: {
            Type: 'AWS::ApiGatewayV2::Stage',
            Properties: {
              ...{ ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
              StageVariables: { color: 'blue' },
            },
          },
          Integration: {
            Type: 'AWS::ApiGatewayV2::Integration',
            Properties: {
              ...{ ApiId: { Ref: 'Api' }, IntegrationType: 'AWS_PROXY' },
              ...{ IntegrationUri: { 'Fn::GetAtt': ['Backend', 'Arn'] } },
              ...{ PayloadFormatVersion: '2.0', ...integration },
            },
          },
          Authorizer: {
            Type: 'AWS::ApiGatewayV2::Authorizer',
            Properties: {
              ...{ ApiId: { Ref: 'Api' }, AuthorizerType: 'REQUEST' },
              ...{ AuthorizerUri: invocationUri('Auth'), EnableSimpleResponses: true },
              ...{ AuthorizerPayloadFormatVersion: '2.0' },
              ...{ IdentitySource: ['$request.header.Authorization'], ...authorizer },
            },
          },
          ...Object.assign(
            {},
            ...routes.map((key, index) => route(key, index, {})),
            ...guarded.map((key, index) => route(key, 100 + index, behind)),
          ),
        },
      },
    },
    { echo, programmable },
  );
  const { authorizerTimeoutMilliseconds } = shape;
  const world = await gatewayWorld(
    directory,
    authorizerTimeoutMilliseconds === undefined ? {} : { authorizerTimeoutMilliseconds },
  );
  worlds.push(world);
  return world;
}

/** Headers of a call that carries what the authorizer shall say. */
const told = (instruction: object) => ['Authorization', JSON.stringify(instruction)];
const yes = told({ answer: { isAuthorized: true } });
const reply = (instruction: object) => ['x-reply', JSON.stringify(instruction)];

describe('routes of an HTTP API', () => {
  test('the most specific template wins, then a verb over ANY, then $default', async () => {
    const world = await httpWorld({
      routes: [
        ...['$default', 'ANY /{proxy+}', 'GET /orders/{id}', 'ANY /orders/{id}'],
        ...['GET /orders/export', 'GET /orders/{id}/{rest+}'],
      ],
    });
    const routeOf = async (method: string, path: string) =>
      (await world.ask(path, { method })).json as { routeKey: string; pathParameters?: object };
    expect(await routeOf('GET', '/orders/export')).toMatchObject({
      routeKey: 'GET /orders/export',
    });
    expect(await routeOf('GET', '/orders/a%2Fb')).toMatchObject({
      routeKey: 'GET /orders/{id}',
      pathParameters: { id: 'a/b' },
    });
    expect(await routeOf('PUT', '/orders/7')).toMatchObject({ routeKey: 'ANY /orders/{id}' });
    expect(await routeOf('GET', '/orders/7/x/y')).toMatchObject({
      routeKey: 'GET /orders/{id}/{rest+}',
      pathParameters: { id: '7', rest: 'x/y' },
    });
    expect(await routeOf('PUT', '/orders/7/x')).toMatchObject({ routeKey: 'ANY /{proxy+}' });
    expect(await routeOf('GET', '/')).toMatchObject({ routeKey: '$default' });
  });

  test('a path that no route has is 404, and so is one with a trailing slash', async () => {
    const world = await httpWorld({ routes: ['GET /orders'] });
    for (const path of ['/nothing', '/orders/', '//orders']) {
      const answer = await world.ask(path);
      expect([answer.status, answer.json]).toEqual([404, { message: 'Not Found' }]);
    }
    expect((await world.ask('/orders', { method: 'POST' })).status).toBe(404);
  });
});

describe('events of payload format 2.0', () => {
  test('lower-case and join headers, keep the query as it was sent, split cookies', async () => {
    const world = await httpWorld({ routes: ['ANY /{proxy+}'] });
    const sent = ['Authorization', 'one', 'authorization', 'two', 'Cookie', 'a=1; b=2'];
    const { json } = await world.ask('/x?a=%20b&a=2&c', { headers: sent });
    expect(json).toMatchObject({
      version: '2.0',
      rawPath: '/x',
      rawQueryString: 'a=%20b&a=2&c',
      queryStringParameters: { a: ' b,2', c: '' },
      cookies: ['a=1', 'b=2'],
      headers: { authorization: 'one,two', 'x-forwarded-for': '127.0.0.1' },
      stageVariables: { color: 'blue' },
      pathParameters: { proxy: 'x' },
      requestContext: { stage: '$default', http: { method: 'GET', path: '/x' } },
      isBase64Encoded: false,
    });
    expect(json).not.toHaveProperty('headers.cookie');
    expect(json).not.toHaveProperty('body');
    expect(json).not.toHaveProperty('requestContext.authorizer');
  });

  test('a body is text for the types that AWS calls text, and Base64 for all others', async () => {
    const world = await httpWorld({ routes: ['POST /'] });
    const post = async (type: readonly string[]) =>
      (await world.ask('/', { method: 'POST', headers: type, body: 'a=ä' })).json;
    const base64 = { body: Buffer.from('a=ä').toString('base64'), isBase64Encoded: true };
    expect(await post(['content-type', 'application/json; charset=utf-8'])).toMatchObject({
      ...{ body: 'a=ä', isBase64Encoded: false },
    });
    expect(await post(['content-type', 'application/x-www-form-urlencoded'])).toMatchObject(base64);
    expect(await post([])).toMatchObject(base64);
  });

  test('payload format 1.0 keeps spelling and every value', async () => {
    const world = await httpWorld({
      routes: ['GET /'],
      integration: { PayloadFormatVersion: '1.0' },
    });
    const { json } = await world.ask('/?a=1&a=2', { headers: ['X-Two', 'a', 'x-two', 'b'] });
    expect(json).toMatchObject({
      version: '1.0',
      headers: { 'X-Two': 'b' },
      multiValueHeaders: { 'X-Two': ['a', 'b'] },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      requestContext: { resourcePath: '/' },
    });
  });
});

describe('answers of an integration', () => {
  const answered = async (value: unknown) => {
    const world = await httpWorld({ routes: ['GET /'] });
    return world.ask('/', { headers: reply({ value }) });
  };

  test('without a status are the body of a 200', async () => {
    const object = await answered({ hello: 1 });
    expect([object.status, object.json]).toEqual([200, { hello: 1 }]);
    expect(object.headers['content-type']).toBe('application/json');
    expect((await answered('plain')).text).toBe('plain');
  });

  test('with a status say everything themselves; cookies become headers, Base64 bytes', async () => {
    const answer = await answered({
      statusCode: 201,
      headers: { 'Content-Type': 'text/x', 'X-Number': 5 },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from('bytes').toString('base64'),
      isBase64Encoded: true,
    });
    expect([answer.status, answer.text]).toEqual([201, 'bytes']);
    expect(answer.headers).toMatchObject({
      ...{ 'content-type': 'text/x', 'x-number': '5', 'set-cookie': ['a=1', 'b=2'] },
    });
  });

  test('lose their WWW-Authenticate to another name', async () => {
    const answer = await answered({ statusCode: 401, headers: { 'WWW-Authenticate': 'Basic' } });
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(answer.headers['x-amzn-remapped-www-authenticate']).toBe('Basic');
  });

  test.each([
    [{ statusCode: 'two hundred' }],
    [{ statusCode: 200, body: { not: 'text' } }],
    [{ statusCode: 200, headers: { 'bad name': 'x' } }],
    [{ statusCode: 200, headers: { name: 'line\nbreak' } }],
    [{ statusCode: 700 }],
  ])('of a wrong shape are 500: %j', async (value) => {
    const answer = await answered(value);
    expect([answer.status, answer.json]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  test('that throw are 500, that come too late are 503, that nobody may ask for are 500', async () => {
    const world = await httpWorld({ routes: ['GET /'], integration: { TimeoutInMillis: 50 } });
    expect((await world.ask('/', { headers: reply({ throws: 'no' }) })).status).toBe(500);
    expect((await world.ask('/', { headers: reply({ hangs: true }) })).status).toBe(503);
    const closed = await httpWorld({ routes: ['GET /'], withoutPermission: 'Backend' });
    expect((await closed.ask('/')).status).toBe(500);
    expect(closed.invoked).toEqual([]);
  });
});

describe('the authorizer of an HTTP API', () => {
  test('is not asked when an identity source is missing or empty: 401', async () => {
    const world = await httpWorld({ guarded: ['GET /'] });
    for (const headers of [[], ['Authorization', '']]) {
      const answer = await world.ask('/', { headers });
      expect([answer.status, answer.json]).toEqual([401, { message: 'Unauthorized' }]);
    }
    expect(world.invoked).toEqual([]);
  });

  test('needs all of its sources, whatever their kind', async () => {
    const IdentitySource = [
      ...['$request.querystring.Key', '$context.routeKey', '$stageVariables.color'],
      '$request.header.authorization',
    ];
    const world = await httpWorld({ guarded: ['GET /'], authorizer: { IdentitySource } });
    expect((await world.ask('/?key=a', { headers: yes })).status).toBe(401);
    const { json } = await world.ask('/?Key=a', { headers: yes });
    const { lambda } = (json as { requestContext: { authorizer: { lambda: { event: string } } } })
      .requestContext.authorizer;
    expect(lambda.event).toContain('"identitySource"');
    const none = await httpWorld({
      guarded: ['GET /'],
      authorizer: { IdentitySource: ['$stageVariables.none'] },
    });
    expect((await none.ask('/')).status).toBe(401);
  });

  test('lets through with its context, nested as it is', async () => {
    const world = await httpWorld({ guarded: ['GET /orders/{id}'] });
    const headers = told({ answer: { isAuthorized: true, context: { who: { name: 'me' } } } });
    const { json } = await world.ask('/orders/7', { headers });
    expect(json).toMatchObject({
      requestContext: { authorizer: { lambda: { who: { name: 'me' } } } },
    });
    const { lambda } = (json as { requestContext: { authorizer: { lambda: { event: string } } } })
      .requestContext.authorizer;
    expect(JSON.parse(lambda.event)).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeKey: 'GET /orders/{id}',
      pathParameters: { id: '7' },
      routeArn: expect.stringMatching(
        /^arn:aws:execute-api:us-east-1:000000000000:\w+\/\$default\/GET\/orders\/7$/,
      ),
    });
  });

  test('is asked without an identity source about every request', async () => {
    const world = await httpWorld({ guarded: ['GET /'], authorizer: { IdentitySource: [] } });
    expect((await world.ask('/')).status).toBe(500);
    expect(world.invoked).toEqual(['Auth']);
  });

  test('refuses with 403', async () => {
    const world = await httpWorld({ guarded: ['GET /'] });
    const headers = told({ answer: { isAuthorized: false } });
    const answer = await world.ask('/', { headers });
    expect([answer.status, answer.json]).toEqual([403, { message: 'Forbidden' }]);
  });

  test.each([
    ['a text for a boolean', { answer: { isAuthorized: 'true' } }],
    ['the text false', { answer: { isAuthorized: 'false' } }],
    ['a number', { answer: { isAuthorized: 1 } }],
    ['nothing', { answer: null }],
    ['a list', { answer: [true], bare: true }],
    ['a policy instead of a simple answer', { answer: { principalId: 'x', policyDocument: {} } }],
    ['a context that is a list', { answer: { isAuthorized: true, context: [] }, bare: true }],
    ['more than 8 KB', { answer: { isAuthorized: true, context: { x: 'x'.repeat(8_100) } } }],
    ['an error', { throws: 'no' }],
    ['the error Unauthorized', { throws: 'Unauthorized' }],
    ['no answer in time', { hangs: true }],
  ])('%s is 500, never yes', async (_, instruction) => {
    const world = await httpWorld({ guarded: ['GET /'], authorizerTimeoutMilliseconds: 100 });
    const answer = await world.ask('/', { headers: told(instruction) });
    expect([answer.status, answer.json]).toEqual([500, { message: 'Internal Server Error' }]);
    expect(world.logged.join()).toContain('authorizer Authorizer');
  });

  test('that API Gateway may not invoke is 500', async () => {
    const world = await httpWorld({ guarded: ['GET /'], withoutPermission: 'Auth' });
    expect((await world.ask('/', { headers: yes })).status).toBe(500);
    expect(world.invoked).toEqual([]);
  });

  test('answers each request anew unless a TTL is set', async () => {
    const world = await httpWorld({ guarded: ['GET /'] });
    await world.ask('/', { headers: yes });
    await world.ask('/', { headers: yes });
    expect(world.invoked).toEqual(['Auth', 'Backend', 'Auth', 'Backend']);
  });

  test('with a TTL is replayed for every route of the same identity, until it ends', async () => {
    const world = await httpWorld({
      guarded: ['GET /a', 'GET /b'],
      authorizer: { AuthorizerResultTtlInSeconds: 60 },
    });
    await world.ask('/a', { headers: yes });
    // Another route and other headers: the key is the credential and nothing else.
    await world.ask('/b', { headers: [...yes, 'x-other', '1'] });
    world.clock = 59_999;
    await world.ask('/b', { headers: yes });
    expect(world.invoked.filter((id) => id === 'Auth')).toHaveLength(1);
    world.clock = 60_000;
    await world.ask('/b', { headers: yes });
    expect(world.invoked.filter((id) => id === 'Auth')).toHaveLength(2);
  });

  test('with a TTL also replays a no', async () => {
    const world = await httpWorld({
      guarded: ['GET /a'],
      authorizer: { AuthorizerResultTtlInSeconds: 60 },
    });
    const headers = told({ answer: { isAuthorized: false } });
    expect((await world.ask('/a', { headers })).status).toBe(403);
    expect((await world.ask('/a', { headers })).status).toBe(403);
    expect(world.invoked).toEqual(['Auth']);
  });

  test('is separated per route by $context.routeKey in its sources', async () => {
    const world = await httpWorld({
      guarded: ['GET /a', 'GET /b'],
      authorizer: {
        AuthorizerResultTtlInSeconds: 60,
        IdentitySource: ['$request.header.Authorization', '$context.routeKey'],
      },
    });
    for (const path of ['/a', '/b', '/a', '/b']) await world.ask(path, { headers: yes });
    expect(world.invoked.filter((id) => id === 'Auth')).toHaveLength(2);
  });

  test.each(['1.0', '2.0'])(
    'of payload format %s may answer a policy, which each route evaluates anew',
    async (version) => {
      const world = await httpWorld({
        guarded: ['GET /a', 'GET /b'],
        authorizer: {
          ...{ AuthorizerPayloadFormatVersion: version, EnableSimpleResponses: false },
          AuthorizerResultTtlInSeconds: 60,
        },
      });
      const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'ARN' }];
      const headers = told({ answer: { principalId: 'me', policyDocument: { Statement } } });
      expect((await world.ask('/a', { headers })).status).toBe(200);
      expect((await world.ask('/b', { headers })).status).toBe(403);
      expect(world.invoked).toEqual(['Auth', 'Backend']);
    },
  );
});

describe('CORS of an HTTP API', () => {
  const cors = {
    AllowOrigins: ['https://app.example'],
    AllowMethods: ['GET'],
    AllowHeaders: ['authorization'],
    ExposeHeaders: ['etag'],
    MaxAge: 60,
  };
  const origin = ['Origin', 'https://app.example'];

  test('answers a preflight itself, also where every route is guarded', async () => {
    const world = await httpWorld({ guarded: ['$default'], cors });
    const headers = [...origin, 'Access-Control-Request-Method', 'GET'];
    const answer = await world.ask('/orders', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '60',
    });
    expect(world.invoked).toEqual([]);
  });

  test('speaks for the integration, and says nothing to other origins', async () => {
    const world = await httpWorld({ routes: ['GET /'], cors });
    const value = { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } };
    const own = await world.ask('/', { headers: [...origin, ...reply({ value })] });
    expect(own.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-expose-headers': 'etag',
    });
    const other = await world.ask('/', {
      headers: ['Origin', 'https://evil.example', ...reply({ value })],
    });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('the edges of an HTTP API', () => {
  test('headers above 10,240 bytes are 431, a body above 10 MB is 413', async () => {
    const world = await httpWorld({ routes: ['ANY /'] });
    const headers = ['x-long', 'x'.repeat(10_200)];
    expect((await world.ask('/', { headers })).status).toBe(431);
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect((await world.ask('/', { method: 'POST', body })).status).toBe(413);
    expect(world.invoked).toEqual([]);
  });

  test('HEAD is answered without its body', async () => {
    const world = await httpWorld({ routes: ['ANY /'] });
    const answer = await world.ask('/', { method: 'HEAD' });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
  });

  test('what is no HTTP is 400, and the next connection works', async () => {
    const world = await httpWorld({ routes: ['GET /'] });
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(received));
      socket.write('NONSENSE\r\n\r\n');
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect((await world.ask('/')).status).toBe(200);
  });

  test('closing cuts off what still waits for an answer', async () => {
    const world = await httpWorld({ routes: ['GET /'] });
    const waiting = world.ask('/', { headers: reply({ hangs: true }) });
    const cutOff = expect(waiting).rejects.toThrow();
    while (world.invoked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await world.stop();
    await cutOff;
  });
});
