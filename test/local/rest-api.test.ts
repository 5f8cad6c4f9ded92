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
  /** `GET /orders/{id}`; a `!` in front puts it behind the authorizer. */
  readonly methods: readonly string[];
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly integration?: Readonly<Record<string, unknown>>;
  readonly api?: Readonly<Record<string, unknown>>;
  /** Type → properties. */
  readonly responses?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly withoutPermission?: string;
  /** @default as long as AWS waits: the first invocation loads the function, on a busy machine slowly */
  readonly authorizerTimeoutMilliseconds?: number;
}

const header = 'method.request.header.Authorization';

async function restWorld(shape: Shape): Promise<GatewayWorld> {
  const { methods, authorizer = {}, integration = {}, api = {}, responses = {} } = shape;
  const resources: Record<string, object> = {};
  const RestApiId = { Ref: 'Api' };
  const idOf = (path: string): string => `Resource${path.replace(/\W/g, 'X')}`;
  const resourceId = (path: string): object => {
    if (path === '/') return { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
    const cut = path.lastIndexOf('/');
    const ParentId = resourceId(path.slice(0, cut) || '/');
    const Properties = { RestApiId, ParentId, PathPart: path.slice(cut + 1) };
    resources[idOf(path)] = { Type: 'AWS::ApiGateway::Resource', Properties };
    return { Ref: idOf(path) };
  };
  for (const [index, method] of methods.entries()) {
    const [HttpMethod = '', path = ''] = method.replace('!', '').split(' ');
    resources[`Method${index}`] = {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        ...{ RestApiId, ResourceId: resourceId(path), HttpMethod },
        ...(method.startsWith('!')
          ? { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Authorizer' } }
          : { AuthorizationType: 'NONE' }),
        Integration: { Type: 'AWS_PROXY', Uri: invocationUri('Backend'), ...integration },
      },
    };
  }
  for (const [type, properties] of Object.entries(responses)) {
    resources[`Response${type.replace(/\W|_/g, '')}`] = {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: { RestApiId, ResponseType: type, ...properties },
    };
  }
  const permissions = ['Backend', 'Auth'].filter((id) => id !== shape.withoutPermission);
  const directory = writeAssembly(
    {
      Main: {
        Resources: {
          ...lambdaFunction('Backend', 'echo'),
          ...lambdaFunction('Auth', 'programmable'),
          ...Object.assign({}, ...permissions.map(apiPermission)),
          Api: { Type: 'AWS::ApiGateway::RestApi', Properties: api },
          Stage: {
            Type: 'AWS::ApiGateway::Stage',
            Properties: { RestApiId, StageName: 'prod', Variables: { color: 'blue' } },
          },
          Authorizer: {
            Type: 'AWS::ApiGateway::Authorizer',
            Properties: {
              ...{ RestApiId, Type: 'REQUEST', AuthorizerUri: invocationUri('Auth') },
              ...{ IdentitySource: header, AuthorizerResultTtlInSeconds: 0, ...authorizer },
            },
          },
          ...resources,
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

const told = (instruction: object) => ['Authorization', JSON.stringify(instruction)];
const reply = (instruction: object) => ['x-reply', JSON.stringify(instruction)];
/** Headers of a call that gets this policy. */
const policy = (statements: readonly object[], rest: object = {}) =>
  told({ answer: { principalId: 'me', policyDocument: { Statement: statements }, ...rest } });
const statement = (Effect: string, Resource: string) => ({
  ...{ Effect, Resource, Action: 'execute-api:Invoke' },
});
const allowThis = [statement('Allow', 'ARN')];

describe('resources of a REST API', () => {
  test('are served as behind a domain of their own, and under their stage', async () => {
    const world = await restWorld({ methods: ['GET /orders/{id}', 'GET /'] });
    expect((await world.ask('/orders/7')).json).toMatchObject({
      resource: '/orders/{id}',
      path: '/orders/7',
      pathParameters: { id: '7' },
      requestContext: { path: '/orders/7', resourcePath: '/orders/{id}', stage: 'prod' },
    });
    expect((await world.ask('/prod/orders/7')).json).toMatchObject({
      path: '/orders/7',
      requestContext: { path: '/prod/orders/7', stage: 'prod' },
    });
    expect((await world.ask('/prod')).json).toMatchObject({ path: '/', resource: '/' });
  });

  test('that do not exist are 403 Missing Authentication Token, as REST APIs say it', async () => {
    const world = await restWorld({ methods: ['GET /orders'] });
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['POST', '/orders'],
      ['GET', '/orders/'],
    ] as const) {
      const answer = await world.ask(path, { method });
      expect([answer.status, answer.json]).toEqual([
        403,
        { message: 'Missing Authentication Token' },
      ]);
    }
  });

  test('a literal beats a parameter, and both beat a greedy one', async () => {
    const world = await restWorld({
      methods: ['ANY /{proxy+}', 'GET /orders/{id}', 'GET /orders/export'],
    });
    const resource = async (path: string) =>
      ((await world.ask(path)).json as { resource: string }).resource;
    expect(await resource('/orders/export')).toBe('/orders/export');
    expect(await resource('/orders/7')).toBe('/orders/{id}');
    expect(await resource('/orders/7/x')).toBe('/{proxy+}');
  });
});

describe('events of version 1', () => {
  test('keep the client’s spelling and every value', async () => {
    const world = await restWorld({ methods: ['POST /'] });
    const { json } = await world.ask('/?a=1&a=%202', {
      method: 'POST',
      headers: ['Authorization', 'one', 'authorization', 'two', 'X-Own', 'x'],
      body: 'grant_type=x',
    });
    expect(json).toMatchObject({
      headers: { Authorization: 'two', 'X-Own': 'x', 'X-Forwarded-For': '127.0.0.1' },
      multiValueHeaders: { Authorization: ['one', 'two'] },
      queryStringParameters: { a: ' 2' },
      multiValueQueryStringParameters: { a: ['1', ' 2'] },
      pathParameters: null,
      stageVariables: { color: 'blue' },
      body: 'grant_type=x',
      isBase64Encoded: false,
      requestContext: { httpMethod: 'POST', identity: { sourceIp: '127.0.0.1', clientCert: null } },
    });
  });

  test('carry Base64 for the binary types of the API and for no other', async () => {
    const world = await restWorld({
      methods: ['POST /'],
      api: { BinaryMediaTypes: ['application/octet-stream', 'image/*'] },
    });
    const post = async (type: string) =>
      (await world.ask('/', { method: 'POST', headers: ['content-type', type], body: 'x' })).json;
    expect(await post('image/png')).toMatchObject({ body: 'eA==', isBase64Encoded: true });
    expect(await post('text/plain')).toMatchObject({ body: 'x', isBase64Encoded: false });
  });
});

describe('answers of an integration', () => {
  test('lose their WWW-Authenticate to another name, and get JSON as their type', async () => {
    const world = await restWorld({ methods: ['GET /'] });
    const value = {
      ...{ statusCode: 401, headers: { 'WWW-Authenticate': 'Bearer', 'X-One': '1' }, body: '{}' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-One': ['2'] },
    };
    const answer = await world.ask('/', { headers: reply({ value }) });
    expect([answer.status, answer.headers]).toMatchObject([
      401,
      {
        'x-amzn-remapped-www-authenticate': 'Bearer',
        'set-cookie': ['a=1', 'b=2'],
        'x-one': '2',
        'content-type': 'application/json',
      },
    ]);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
  });

  test.each([[{ hello: 1 }], [null], ['text'], [{ statusCode: 200, body: {} }]])(
    'of a wrong shape are 502: %j',
    async (value) => {
      const world = await restWorld({ methods: ['GET /'] });
      const answer = await world.ask('/', { headers: reply({ value }) });
      expect([answer.status, answer.json]).toEqual([502, { message: 'Internal server error' }]);
    },
  );

  test('that throw are 502, that come too late are 504, that nobody may ask for are 500', async () => {
    const world = await restWorld({ methods: ['GET /'], integration: { TimeoutInMillis: 50 } });
    expect((await world.ask('/', { headers: reply({ throws: 'no' }) })).status).toBe(502);
    const late = await world.ask('/', { headers: reply({ hangs: true }) });
    expect([late.status, late.json]).toEqual([504, { message: 'Endpoint request timed out' }]);
    const closed = await restWorld({ methods: ['GET /'], withoutPermission: 'Backend' });
    expect((await closed.ask('/')).status).toBe(500);
  });

  test('of a MOCK come from its templates', async () => {
    const world = await restWorld({
      methods: ['OPTIONS /'],
      integration: {
        Type: 'MOCK',
        RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
        IntegrationResponses: [
          {
            StatusCode: '204',
            ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
          },
        ],
      },
    });
    const answer = await world.ask('/', { method: 'OPTIONS' });
    expect([answer.status, answer.headers]).toMatchObject([
      204,
      { 'access-control-allow-origin': '*' },
    ]);
    expect(world.invoked).toEqual([]);
  });
});

describe('a REQUEST authorizer', () => {
  test('is not asked when an identity source is missing, also with TTL 0: 401', async () => {
    const world = await restWorld({ methods: ['!GET /'] });
    for (const headers of [[], ['Authorization', '']]) {
      const answer = await world.ask('/', { headers });
      expect([answer.status, answer.json]).toEqual([401, { message: 'Unauthorized' }]);
    }
    expect(world.invoked).toEqual([]);
  });

  test('needs all of its sources', async () => {
    const IdentitySource = `${header}, method.request.querystring.key, stageVariables.color, context.httpMethod`;
    const world = await restWorld({ methods: ['!GET /'], authorizer: { IdentitySource } });
    expect((await world.ask('/', { headers: policy(allowThis) })).status).toBe(401);
    expect((await world.ask('/?key=1', { headers: policy(allowThis) })).status).toBe(200);
  });

  test('lets through with its context as text', async () => {
    const world = await restWorld({ methods: ['!GET /orders/{id}'] });
    const headers = policy(allowThis, { context: { number: 5, flag: false } });
    const { json } = await world.ask('/prod/orders/7', { headers });
    const { authorizer } = (json as { requestContext: { authorizer: Record<string, string> } })
      .requestContext;
    expect(authorizer).toMatchObject({ principalId: 'me', number: '5', flag: 'false' });
    expect(JSON.parse(authorizer.event ?? '')).toMatchObject({
      type: 'REQUEST',
      methodArn: expect.stringMatching(
        /^arn:aws:execute-api:us-east-1:000000000000:\w+\/prod\/GET\/orders\/7$/,
      ),
      resource: '/orders/{id}',
      requestContext: { resourcePath: '/orders/{id}', stage: 'prod' },
    });
  });

  test('is refused by an explicit Deny beside an Allow, and by the want of an Allow', async () => {
    const world = await restWorld({ methods: ['!GET /orders/{id}'] });
    const denied = await world.ask('/orders/7', {
      headers: policy([statement('Allow', '*'), statement('Deny', '*/GET/orders/?')]),
    });
    expect(denied.status).toBe(403);
    expect(denied.text).toContain('explicit deny');
    const silent = await world.ask('/orders/7', { headers: policy([]) });
    expect(silent.status).toBe(403);
    expect(silent.text).not.toContain('explicit deny');
    // More than the first statement and more than its effect.
    const second = [statement('Allow', 'nothing'), statement('Allow', '*/orders/*')];
    expect((await world.ask('/orders/7', { headers: policy(second) })).status).toBe(200);
  });

  test('throws exactly Unauthorized for a 401; anything near it is a 500', async () => {
    const world = await restWorld({ methods: ['!GET /'] });
    const status = async (throws: string) =>
      (await world.ask('/', { headers: told({ throws }) })).status;
    expect(await status('Unauthorized')).toBe(401);
    for (const near of ['unauthorized', 'Unauthorized.', '[401] Unauthorized', 'Forbidden']) {
      expect(await status(near)).toBe(500);
    }
  });

  test.each([
    ['an object in the context', { principalId: 'x', context: { a: {} } }],
    ['a list in the context', { principalId: 'x', context: { a: [] } }],
    ['no principalId', {}],
    ['a principalId that is a number', { principalId: 5 }],
    ['no policy', { principalId: 'x', policyDocument: undefined }],
    ['a policy as text', { principalId: 'x', policyDocument: '{}' }],
    ['isAuthorized alone', { isAuthorized: true, policyDocument: undefined }],
    ['more than 8 KB', { principalId: 'x', context: { a: 'x'.repeat(8_100) } }],
  ])('%s is 500, never yes', async (_, answer) => {
    const world = await restWorld({ methods: ['!GET /'] });
    const Statement = [statement('Allow', '*')];
    const headers = told({ answer: { policyDocument: { Statement }, ...answer } });
    expect((await world.ask('/', { headers })).status).toBe(500);
    expect(world.invoked).toEqual(['Auth']);
  });

  test('that does not answer in time, or that nobody may invoke, is 500', async () => {
    const world = await restWorld({ methods: ['!GET /'], authorizerTimeoutMilliseconds: 100 });
    expect((await world.ask('/', { headers: told({ hangs: true }) })).status).toBe(500);
    const closed = await restWorld({ methods: ['!GET /'], withoutPermission: 'Auth' });
    expect((await closed.ask('/', { headers: policy(allowThis) })).status).toBe(500);
  });

  test('is replayed for 300 s where the template says nothing', async () => {
    const world = await restWorld({
      methods: ['!GET /'],
      authorizer: { AuthorizerResultTtlInSeconds: undefined },
    });
    const headers = policy(allowThis);
    await world.ask('/', { headers });
    world.clock = 299_999;
    await world.ask('/', { headers });
    expect(world.invoked.filter((id) => id === 'Auth')).toHaveLength(1);
    world.clock = 300_000;
    await world.ask('/', { headers });
    expect(world.invoked.filter((id) => id === 'Auth')).toHaveLength(2);
  });

  test('a replayed policy is evaluated again for each route', async () => {
    const world = await restWorld({
      methods: ['!GET /a', '!GET /b', '!POST /a'],
      authorizer: { AuthorizerResultTtlInSeconds: 300 },
    });
    const headers = policy([statement('Allow', '*/GET/*'), statement('Deny', '*/b')]);
    expect((await world.ask('/a', { headers })).status).toBe(200);
    expect((await world.ask('/b', { headers })).status).toBe(403);
    expect((await world.ask('/a', { headers, method: 'POST' })).status).toBe(403);
    expect(world.invoked.filter((id) => id === 'Auth')).toHaveLength(1);
  });

  test('a policy for the concrete ARN, replayed, refuses the next resource of the same template', async () => {
    const world = await restWorld({
      methods: ['!GET /x/{id}'],
      authorizer: { AuthorizerResultTtlInSeconds: 300 },
    });
    expect((await world.ask('/x/1', { headers: policy(allowThis) })).status).toBe(200);
    expect((await world.ask('/x/2', { headers: policy(allowThis) })).status).toBe(403);
  });

  test('a thrown Unauthorized is not replayed', async () => {
    const world = await restWorld({
      methods: ['!GET /'],
      authorizer: { AuthorizerResultTtlInSeconds: 300 },
    });
    const headers = told({ throws: 'Unauthorized' });
    await world.ask('/', { headers });
    await world.ask('/', { headers });
    expect(world.invoked).toEqual(['Auth', 'Auth']);
  });
});

describe('a TOKEN authorizer', () => {
  test('gets the token and the ARN, and nothing else', async () => {
    const world = await restWorld({ methods: ['!GET /'], authorizer: { Type: 'TOKEN' } });
    const { json } = await world.ask('/', { headers: policy(allowThis) });
    const { authorizer } = (json as { requestContext: { authorizer: { event: string } } })
      .requestContext;
    expect(Object.keys(JSON.parse(authorizer.event)).toSorted()).toEqual([
      ...['authorizationToken', 'methodArn', 'type'],
    ]);
  });

  test('is not asked about a token that the validation expression does not fit as a whole', async () => {
    const world = await restWorld({
      methods: ['!GET /'],
      authorizer: { Type: 'TOKEN', IdentityValidationExpression: 'Bearer \\w+' },
    });
    for (const token of ['Bearer ', 'xBearer a', 'Bearer a b']) {
      const answer = await world.ask('/', { headers: ['Authorization', token] });
      expect(answer.status).toBe(401);
    }
    expect(world.invoked).toEqual([]);
  });
});

describe('gateway responses', () => {
  const param = (name: string) => `gatewayresponse.header.${name}`;

  test('put the challenge into WWW-Authenticate, with static and request values', async () => {
    const world = await restWorld({
      methods: ['!GET /'],
      responses: {
        UNAUTHORIZED: {
          StatusCode: '401',
          ResponseParameters: {
            [param('WWW-Authenticate')]: `'Bearer realm="orders"'`,
            [param('X-Asked')]: 'method.request.header.x-ask',
            [param('X-Absent')]: 'method.request.header.absent',
          },
          ResponseTemplates: { 'application/json': '{"id":"$context.requestId"}' },
        },
      },
    });
    const answer = await world.ask('/', { headers: ['x-ask', 'me'] });
    expect([answer.status, answer.headers]).toMatchObject([
      401,
      { 'www-authenticate': 'Bearer realm="orders"', 'x-asked': 'me' },
    ]);
    expect(answer.headers).not.toHaveProperty('x-absent');
    expect(answer.json).toEqual({ id: answer.headers['x-amzn-requestid'] });
  });

  test('override the status, and show the authorizer’s context in the body', async () => {
    const world = await restWorld({
      methods: ['!GET /'],
      responses: {
        ACCESS_DENIED: {
          StatusCode: '401',
          ResponseTemplates: {
            'application/json':
              '{"error":"$context.authorizer.error","none":"$context.authorizer.none","said":$context.error.messageString}',
          },
        },
      },
    });
    const headers = policy([statement('Deny', '*')], { context: { error: 'insufficient_scope' } });
    const answer = await world.ask('/', { headers });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({
      ...{ error: 'insufficient_scope', none: '', said: expect.stringContaining('explicit deny') },
    });
  });

  test('of an outage may be 503 instead of 500', async () => {
    const response = {
      StatusCode: '503',
      ResponseParameters: { [param('Retry-After')]: "'5'" },
      ResponseTemplates: { 'application/json': '{"error":"temporarily_unavailable"}' },
    };
    const world = await restWorld({
      methods: ['!GET /'],
      responses: { AUTHORIZER_FAILURE: response, AUTHORIZER_CONFIGURATION_ERROR: response },
      authorizerTimeoutMilliseconds: 100,
    });
    for (const instruction of [{ throws: 'table away' }, { hangs: true }]) {
      const answer = await world.ask('/', { headers: told(instruction) });
      expect([answer.status, answer.headers, answer.json]).toMatchObject([
        ...[503, { 'retry-after': '5' }, { error: 'temporarily_unavailable' }],
      ]);
    }
  });

  test('of a type of its own inherit nothing from DEFAULT_4XX; all others do', async () => {
    const world = await restWorld({
      methods: ['!GET /'],
      responses: {
        DEFAULT_4XX: { ResponseParameters: { [param('Access-Control-Allow-Origin')]: "'*'" } },
        UNAUTHORIZED: { ResponseParameters: { [param('X-Own')]: "'1'" } },
      },
    });
    const own = await world.ask('/');
    expect(own.headers).toMatchObject({ 'x-own': '1' });
    expect(own.headers).not.toHaveProperty('access-control-allow-origin');
    const inherited = await world.ask('/nothing');
    expect([inherited.status, inherited.headers]).toMatchObject([
      403,
      { 'access-control-allow-origin': '*' },
    ]);
    const malformed = await world.ask('/', {
      headers: policy(allowThis).concat(reply({ value: 1 })),
    });
    expect(malformed.status).toBe(502);
    expect(malformed.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('the edges of a REST API', () => {
  test('a method ARN above 1,600 bytes is 414, headers above 10,240 bytes are 431', async () => {
    const world = await restWorld({ methods: ['!GET /{id}'] });
    expect((await world.ask(`/${'x'.repeat(1_600)}`)).status).toBe(414);
    expect((await world.ask('/x', { headers: ['x', 'x'.repeat(10_240)] })).status).toBe(431);
    expect(world.invoked).toEqual([]);
  });
});
