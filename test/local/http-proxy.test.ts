import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GatewayRequest } from '../../local/gateway/gateway-request.ts';
import type { RequestMapping } from '../../local/gateway/http-proxy-spec.ts';
import { mapRequest } from '../../local/gateway/map-request.ts';
import { loadAssembly } from '../../local/template/assembly.ts';
import { worldSpec } from '../../local/template/world.ts';
import type { GatewayWorld } from '../support/gateway-world.ts';
import { httpAssembly, httpWorld } from './support/http-world.ts';
import { recordingBackend, valuesOf } from './support/recording-backend.ts';
import { policy, restAssembly, restWorld, statement, told } from './support/rest-world.ts';

type Mappings = Readonly<Record<string, string>>;

interface Shape {
  /** @default GET / */
  readonly at?: string;
  readonly path?: string;
  readonly more?: Readonly<Record<string, unknown>>;
  /** Parameters of the method request. */
  readonly declared?: readonly string[];
}

/** A method behind the authorizer, with an HTTP_PROXY integration. */
function restShape(url: string, mappings: Mappings, shape: Shape = {}) {
  const { at = 'GET /', path = '/', more = {}, declared = [] } = shape;
  return {
    methods: {
      [at]: {
        authorizer: 'Authorizer',
        RequestParameters: Object.fromEntries(declared.map((name) => [name, false])),
        Integration: {
          ...{ Type: 'HTTP_PROXY', IntegrationHttpMethod: 'ANY', Uri: `${url}${path}` },
          ...{ RequestParameters: mappings, ...more },
        },
      },
    },
  };
}

/** The same for an HTTP API. */
function httpShape(url: string, mappings: Mappings, shape: Shape = {}) {
  const { at = 'GET /', path = '/', more = {} } = shape;
  return {
    routes: { [at]: { authorizer: 'Authorizer', integration: 'Proxy' } },
    integrations: {
      Proxy: {
        ...{ IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY' },
        ...{ IntegrationUri: `${url}${path}`, PayloadFormatVersion: '1.0' },
        ...{ RequestParameters: mappings, ...more },
      },
    },
  };
}

/** Headers of a caller whose context is the given one. */
const restCaller = (context: object) => policy([statement('Allow', 'ARN')], { context });
const httpCaller = (context: object) => told({ answer: { isAuthorized: true, context } });

const startOptions = { apiUrl: () => undefined, secretArn: (name: string) => name };
const restStart = (...of: Parameters<typeof restShape>) =>
  worldSpec(loadAssembly(restAssembly(restShape(...of))), startOptions);
const httpStart = (...of: Parameters<typeof httpShape>) =>
  worldSpec(loadAssembly(httpAssembly(httpShape(...of))), startOptions);

/** Both kinds of API: how their worlds are made, and how each spells an overwritten header. */
const kinds = [
  {
    kind: 'REST API',
    caller: restCaller,
    overwrite: (name: string, value: string): Mappings => ({
      [`integration.request.header.${name}`]: value,
    }),
    variable: (name: string) => name,
    verb: (method: string) => ({ IntegrationHttpMethod: method }),
    world: (...of: Parameters<typeof restShape>) => restWorld(restShape(...of)),
    start: restStart,
    lateStatus: 504,
  },
  {
    kind: 'HTTP API',
    caller: httpCaller,
    overwrite: (name: string, value: string): Mappings => ({ [`overwrite:header.${name}`]: value }),
    variable: (name: string) => `$${name}`,
    verb: (method: string) => ({ IntegrationMethod: method }),
    world: (...of: Parameters<typeof httpShape>) => httpWorld(httpShape(...of)),
    start: httpStart,
    lateStatus: 503,
  },
] as const;

describe.each(kinds)('HTTP_PROXY: $kind', (api) => {
  const { caller, overwrite, variable, verb, world, start, lateStatus } = api;
  const mapped = (url: string) =>
    world(url, overwrite('X-User', variable('context.authorizer.user')));

  test('sends on what the client sent: verb, query, every header, body', async () => {
    const backend = await recordingBackend();
    const gateway = await world(backend.url, {}, { at: 'ANY /', path: '/deep/path' });
    await gateway.ask('/?b=%202&a=1&a=2&empty=', {
      method: 'PUT',
      headers: [...caller({}), 'X-Two', 'a', 'x-two', 'b', 'Keep-Alive', 'timeout=5'],
      body: 'text',
    });
    const [request] = backend.requests;
    expect(request).toMatchObject({
      ...{ method: 'PUT', target: '/deep/path?b=%202&a=1&a=2&empty=', body: 'text' },
    });
    expect(valuesOf(request, 'x-two')).toEqual(['a', 'b']);
    expect(valuesOf(request, 'authorization')).toHaveLength(1);
    expect(valuesOf(request, 'content-length')).toEqual(['4']);
    expect(valuesOf(request, 'host')).toEqual([new URL(backend.url).host]);
    expect(valuesOf(request, 'keep-alive')).toEqual([]);
    expect(valuesOf(request, 'x-forwarded-for')).toEqual(['127.0.0.1']);
  });

  test('gives back status, headers and body, but for the names that no integration may use', async () => {
    const backend = await recordingBackend((response) => {
      response.writeHead(302, [
        ...['Location', '/elsewhere', 'WWW-Authenticate', 'Basic', 'Content-Type', 'text/x'],
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
      ]);
      response.end(Buffer.from([0, 255, 128]));
    });
    const gateway = await world(backend.url, {});
    const answer = await gateway.ask('/', { headers: caller({}) });
    expect([answer.status, answer.headers]).toMatchObject([
      302,
      {
        ...{ location: '/elsewhere', 'content-type': 'text/x', 'content-length': '3' },
        ...{ 'x-amzn-remapped-www-authenticate': 'Basic', 'set-cookie': ['a=1', 'b=2'] },
      },
    ]);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(backend.requests).toHaveLength(1);
  });

  test('does not call the backend for a request that the authorizer refuses', async () => {
    const backend = await recordingBackend();
    const gateway = await mapped(backend.url);
    expect((await gateway.ask('/')).status).toBe(401);
    expect((await gateway.ask('/', { headers: told({ answer: {} }) })).status).toBe(500);
    expect(backend.requests).toEqual([]);
  });

  test('a header from the authorizer replaces every copy of the client’s, however it is spelt', async () => {
    const backend = await recordingBackend();
    const gateway = await mapped(backend.url);
    const forged = ['x-user', 'root', 'X-USER', 'admin', 'X-User', 'evil'];
    await gateway.ask('/', { headers: [...forged, ...caller({ user: 'me' }), ...forged] });
    expect(valuesOf(backend.requests[0], 'x-user')).toEqual(['me']);
  });

  test.each([
    ['is absent', {}],
    ['is empty', { user: '' }],
    ['could not be a header', { user: 'me\r\nX-Role: admin' }],
    ['is a property of every object', {}, 'stageVariables.constructor'],
  ])(
    'a header whose mapped value %s is not sent at all',
    async (_, context, name = 'context.authorizer.user') => {
      const backend = await recordingBackend();
      const gateway = await world(backend.url, overwrite('X-User', variable(name)));
      const answer = await gateway.ask('/', { headers: ['x-user', 'root', ...caller(context)] });
      expect(answer.status).toBe(200);
      expect(valuesOf(backend.requests[0], 'x-user')).toEqual([]);
      expect(valuesOf(backend.requests[0], 'x-role')).toEqual([]);
    },
  );

  test('numbers and booleans of a context are text', async () => {
    const backend = await recordingBackend();
    const gateway = await mapped(backend.url);
    await gateway.ask('/', { headers: caller({ user: 5 }) });
    await gateway.ask('/', { headers: caller({ user: false }) });
    expect(backend.requests.map((request) => valuesOf(request, 'x-user'))).toEqual([
      ...[['5'], ['false']],
    ]);
  });

  test('the id of the request goes on', async () => {
    const backend = await recordingBackend();
    const gateway = await world(
      backend.url,
      overwrite('X-Request-Id', variable('context.requestId')),
    );
    const { headers } = await gateway.ask('/', { headers: caller({}) });
    expect(valuesOf(backend.requests[0], 'x-request-id')).toEqual([
      headers['x-amzn-requestid'] ?? headers['apigw-requestid'],
    ]);
  });

  test('a backend that is not there, that hangs up, or that takes too long', async () => {
    const hangsUp = await recordingBackend((response) => response.destroy());
    const hangs = await recordingBackend(() => undefined);
    const status = async (gateway: GatewayWorld) =>
      (await gateway.ask('/', { headers: caller({}) })).status;
    expect(await status(await world('http://127.0.0.1:1', {}))).toBe(lateStatus);
    expect(await status(await world(hangsUp.url, {}))).toBe(lateStatus);
    const late = await world(hangs.url, {}, { more: { TimeoutInMillis: 50 } });
    expect(await status(late)).toBe(lateStatus);
    expect(late.logged.join()).toContain('too-late');
  });

  test('a verb of the integration’s own is the one that the backend sees', async () => {
    const backend = await recordingBackend();
    const gateway = await world(backend.url, {}, { more: verb('POST') });
    await gateway.ask('/', { headers: caller({}) });
    expect(backend.requests[0]?.method).toBe('POST');
  });

  test.each([
    'https://127.0.0.1:8080/',
    'http://localhost:8080/',
    'http://127.0.0.1/',
    'http://127.0.0.1:80@backend.example/',
    'http://127.0.0.1:8080.backend.example/',
    'http://127.0.0.1:99999/',
    'http://127.0.0.1:8080/?a=b',
    'http://10.0.0.1:8080/',
    'https://backend.example',
  ])('the backend %s stops the start: nothing but this machine is reached', (uri) => {
    expect(() => start(uri, {}, { path: '' })).toThrow(
      `must be http://127.0.0.1:port/..., not ${uri}`,
    );
  });
});

describe('request parameters of a REST API', () => {
  test('come from the request, the context, the stage, or are fixed', async () => {
    const backend = await recordingBackend();
    const world = await restWorld(
      restShape(
        backend.url,
        {
          'integration.request.header.X-Id': 'method.request.path.id',
          'integration.request.header.X-Page': 'method.request.querystring.page',
          'integration.request.header.X-From': 'method.request.header.X-Sender',
          'integration.request.header.X-Color': 'stageVariables.color',
          'integration.request.header.X-Fixed': "'it is fixed'",
          'integration.request.header.X-Address': 'context.identity.sourceIp',
          'integration.request.header.X-Principal': 'context.authorizer.principalId',
          'integration.request.querystring.tenant': 'context.authorizer.tenant',
          'integration.request.querystring.none': 'context.authorizer.none',
        },
        {
          at: 'GET /orders/{id}',
          declared: ['path.id', 'querystring.page', 'header.X-Sender'].map(
            (name) => `method.request.${name}`,
          ),
        },
      ),
    );
    const query = '?page=2&tenant=other&x=%20&ten%61nt=third&none=1&tenant';
    await world.ask(`/orders/a%20b${query}`, {
      headers: ['x-sender', 'me', ...restCaller({ tenant: 'a&b' })],
    });
    const [request] = backend.requests;
    const value = (name: string) => valuesOf(request, name);
    expect([value('x-id'), value('x-page'), value('x-from')]).toEqual([['a b'], ['2'], ['me']]);
    expect([value('x-color'), value('x-fixed')]).toEqual([['blue'], ['it is fixed']]);
    expect([value('x-address'), value('x-principal')]).toEqual([['127.0.0.1'], ['me']]);
    expect(request?.target).toBe('/?page=2&x=%20&tenant=a%26b');
  });

  test('fill the path; only what a greedy parameter took may hold slashes', async () => {
    const backend = await recordingBackend();
    const path = (at: string, name: string) =>
      restWorld(
        restShape(
          backend.url,
          { 'integration.request.path.it': `method.request.path.${name}` },
          { at, path: '/v1/{it}/x', declared: [`method.request.path.${name}`] },
        ),
      );
    const headers = restCaller({});
    const one = await path('GET /orders/{id}', 'id');
    await one.ask('/orders/a%2Fb', { headers });
    await one.ask('/orders/%3Fq=1%23', { headers });
    const greedy = await path('GET /files/{rest+}', 'rest');
    await greedy.ask('/files/a/b%20c', { headers });
    expect(backend.requests.map(({ target }) => target)).toEqual([
      ...['/v1/a%2Fb/x', '/v1/%3Fq%3D1%23/x', '/v1/a/b%20c/x'],
    ]);
  });

  test('that leave a hole in the path are 500: it would lead to another resource', async () => {
    const backend = await recordingBackend();
    const world = await restWorld(
      restShape(
        backend.url,
        { 'integration.request.path.tenant': 'context.authorizer.tenant' },
        { path: '/tenants/{tenant}' },
      ),
    );
    for (const context of [{}, { tenant: '' }]) {
      expect((await world.ask('/', { headers: restCaller(context) })).status).toBe(500);
    }
    await world.ask('/', { headers: restCaller({ tenant: '../admin' }) });
    expect(backend.requests.map(({ target }) => target)).toEqual(['/tenants/..%2Fadmin']);
  });

  test('may say which API key was used', async () => {
    const backend = await recordingBackend();
    const { methods } = restShape(backend.url, {
      'integration.request.header.X-Key-Id': 'context.identity.apiKeyId',
    });
    const key = 'x'.repeat(20);
    const world = await restWorld({
      methods: { 'GET /': { ...methods['GET /'], ApiKeyRequired: true } },
      resources: {
        Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Value: key } },
        Plan: {
          Type: 'AWS::ApiGateway::UsagePlan',
          Properties: { ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: 'prod' }] },
        },
        InPlan: {
          Type: 'AWS::ApiGateway::UsagePlanKey',
          Properties: {
            ...{ KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
          },
        },
      },
    });
    const headers = ['x-api-key', key, 'x-key-id', 'another', ...restCaller({})];
    expect((await world.ask('/', { headers })).status).toBe(200);
    expect(valuesOf(backend.requests[0], 'x-key-id')).toEqual([expect.stringMatching(/^k\w{9}$/)]);
  });

  test('a backend that cannot be reached is INTEGRATION_FAILURE', async () => {
    const world = await restWorld(restShape('http://127.0.0.1:1', {}));
    const answer = await world.ask('/', { headers: restCaller({}) });
    expect([answer.status, answer.json]).toEqual([
      ...[504, { message: 'Network error communicating with endpoint' }],
    ]);
  });

  const header = (name: string, value: string) => ({
    [`integration.request.header.${name}`]: value,
  });
  test.each<[string, Mappings, string, Shape?]>([
    ['the body', header('X', 'method.request.body'), 'the value method.request.body'],
    ['many values', header('X', 'method.request.multivalueheader.Y'), 'multivalueheader'],
    ['a context that is not known', header('X', 'context.nothing'), 'context.nothing'],
    ['a context in depth', header('X', 'context.authorizer.claims.sub'), 'claims.sub'],
    ['text without quotes', header('X', 'text'), 'the value text'],
    ['a header that was not declared', header('X', 'method.request.header.Y'), 'not among'],
    [
      'a path parameter that the resource has not',
      header('X', 'method.request.path.id'),
      '/ has no parameter id',
      { declared: ['method.request.path.id'] },
    ],
    ['a place that is none', { 'integration.request.body.x': "'x'" }, 'integration.request.body.x'],
    ['a header of the connection', header('Content-Length', "'0'"), 'belongs to the connection'],
    ['a header twice', { ...header('X-A', "'1'"), ...header('x-a', "'2'") }, 'mapped twice'],
    [
      'a path parameter without a place',
      { 'integration.request.path.id': "'1'" },
      'no place in Uri',
    ],
    ['a place in the path without a value', {}, '{id} of Uri has no', { path: '/{id}' }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how AWS writes it
    ['a stage variable in the Uri', {}, 'placeholders', { path: '/${stageVariables.x}' }],
    ['a request template', {}, 'RequestTemplates', { more: { RequestTemplates: { 'a/b': 'x' } } }],
    ['a private connection', {}, 'ConnectionType', { more: { ConnectionType: 'VPC_LINK' } }],
    ['no verb', {}, 'IntegrationHttpMethod', { more: { IntegrationHttpMethod: undefined } }],
    [
      'parameters of a function',
      header('X', "'x'"),
      'RequestParameters',
      { more: { Type: 'MOCK' } },
    ],
  ])('%s stops the start', (_, mappings, sentence, shape = {}) => {
    const start = () => restStart('http://127.0.0.1:8080', mappings, shape);
    expect(start).toThrow(sentence);
    expect(start).toThrow(/^Main\/ApiMethod0/);
  });
});

describe('request parameters of an HTTP API', () => {
  test('overwrite, append and remove headers', async () => {
    const backend = await recordingBackend();
    const world = await httpWorld(
      httpShape(backend.url, {
        'overwrite:header.X-User': '$context.authorizer.user',
        'overwrite:header.X-Key': '$context.routeKey',
        'append:header.X-Tag': 'fixed text',
        'append:header.X-Copy': '$request.header.X-Tag',
        'append:header.X-None': '$context.authorizer.none',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how AWS writes it
        'append:header.X-Color': '${stageVariables.color}',
        'remove:header.X-Gone': '',
        'remove:header.X-Gone-Too': "''",
      }),
    );
    const sent = ['x-user', 'root', 'X-Tag', 'a', 'x-tag', 'b', 'x-gone', '1', 'X-GONE', '2'];
    const headers = [...sent, 'x-gone-too', '3', 'x-none', 'kept', ...httpCaller({ user: 'me' })];
    await world.ask('/', { headers });
    const value = (name: string) => valuesOf(backend.requests[0], name);
    expect([value('x-user'), value('x-key')]).toEqual([['me'], ['GET /']]);
    // An append keeps what the client sent: it is no place for what a backend believes.
    expect(value('x-tag')).toEqual(['a', 'b', 'fixed text']);
    expect([value('x-copy'), value('x-none'), value('x-color')]).toEqual([
      ...[['a,b'], ['kept'], ['blue']],
    ]);
    expect([value('x-gone'), value('x-gone-too')]).toEqual([[], []]);
  });

  test('the path of the backend takes the route’s parameters', async () => {
    const backend = await recordingBackend();
    const world = await httpWorld(
      httpShape(backend.url, {}, { at: 'ANY /files/{id}/{rest+}', path: '/v1/{id}/{rest+}' }),
    );
    await world.ask('/files/a%2Fb/c/d?e=f', { headers: httpCaller({}) });
    expect(backend.requests[0]?.target).toBe('/v1/a%2Fb/c/d?e=f');
  });

  test('$default goes to one path', async () => {
    const backend = await recordingBackend();
    const world = await httpWorld(httpShape(backend.url, {}, { at: '$default', path: '' }));
    await world.ask('/any/thing?e=f', { headers: httpCaller({}) });
    expect(backend.requests[0]?.target).toBe('/?e=f');
  });

  test('a nested context has no text, and the principal of a policy answer has', async () => {
    const backend = await recordingBackend();
    const shape = httpShape(backend.url, {
      'overwrite:header.X-Who': '$context.authorizer.who',
      'overwrite:header.X-Principal': '$context.authorizer.principalId',
    });
    const world = await httpWorld({
      ...shape,
      authorizers: { Authorizer: { EnableSimpleResponses: false } },
    });
    const forged = ['x-who', 'root', 'x-principal', 'root'];
    const headers = [...forged, ...restCaller({ who: { name: 'me' } })];
    expect((await world.ask('/', { headers })).status).toBe(200);
    expect(valuesOf(backend.requests[0], 'x-who')).toEqual([]);
    expect(valuesOf(backend.requests[0], 'x-principal')).toEqual(['me']);
  });

  test.each([
    ...['Access-Control-Allow-Origin', 'apigw-requestid', 'Authorization', 'x-amz-date'],
    ...['X-Amzn-Trace-Id', 'X-Forwarded-For', 'x-forwarded-user', 'Connection', 'Content-Length'],
    ...['Forwarded', 'Origin', 'Transfer-Encoding', 'Via'],
  ])('the reserved header %s stops the start, as a place and as a value', (name) => {
    const start = (mappings: Mappings) => () => httpStart('http://127.0.0.1:8080', mappings);
    for (const action of ['overwrite', 'append', 'remove']) {
      const value = action === 'remove' ? '' : 'x';
      expect(start({ [`${action}:header.${name}`]: value })).toThrow(`${name} is reserved`);
    }
    expect(start({ 'overwrite:header.x': `$request.header.${name}` })).toThrow('is reserved');
  });

  test.each<[string, Mappings, string, Shape?]>([
    ['a query parameter', { 'overwrite:querystring.x': 'x' }, 'overwrite:querystring.x'],
    ['the path', { 'overwrite:path': '/x' }, 'overwrite:path'],
    ['another action', { 'replace:header.x': 'x' }, 'replace:header.x'],
    ['the body', { 'overwrite:header.x': '$request.body.x' }, '$request.body.x'],
    ['a context that is not known', { 'overwrite:header.x': '$context.nothing' }, 'nothing'],
    ['a variable in a text', { 'overwrite:header.x': 'a $context.requestId' }, 'a $context'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how AWS writes it
    ['two variables', { 'append:header.x': '${context.stage}${context.path}' }, 'is not hosted'],
    ['a header twice', { 'append:header.X': 'x', 'remove:header.x': '' }, 'two mappings'],
    ['a value to remove', { 'remove:header.x': 'x' }, 'takes no value'],
    [
      'another payload format',
      {},
      'PayloadFormatVersion',
      { more: { PayloadFormatVersion: '2.0' } },
    ],
    ['no verb', {}, 'IntegrationMethod', { more: { IntegrationMethod: undefined } }],
    [
      'parameters of a function',
      { 'overwrite:header.x': 'x' },
      'RequestParameters',
      { more: { IntegrationType: 'AWS_PROXY' } },
    ],
    ['a place in the path that the route has not', {}, 'has {id}, which', { path: '/{id}' }],
  ])('%s stops the start', (_, mappings, sentence, shape = {}) => {
    expect(() => httpStart('http://127.0.0.1:8080', mappings, shape)).toThrow(sentence);
  });
});

test('whatever headers a client sends, an overwritten one says what the mapping says, once or not at all', () => {
  const spelling = fc.constantFrom('x-user', 'X-User', 'X-USER', 'x-uSER', 'x-other', 'X_User');
  const sent = fc.array(fc.tuple(spelling, fc.constantFrom('root', 'admin', '')), { maxLength: 8 });
  const value = fc.option(fc.string({ unit: 'grapheme', maxLength: 4 }), { nil: undefined });
  fc.assert(
    fc.property(sent, value, (headers, user) => {
      const { headers: made = [] } = mapRequest(proxy, facts(headers, user)) ?? {};
      const users = made.filter(([name]) => name.toLowerCase() === 'x-user');
      expect(users.length).toBeLessThanOrEqual(1);
      for (const [, said] of users) expect(said).toBe(user);
      const others = ([name]: readonly [string, string]) => /^x[-_](other|user)$/i.test(name);
      expect(made.filter(others).filter((each) => !users.includes(each))).toEqual(
        headers.filter(([name]) => name.toLowerCase() !== 'x-user'),
      );
    }),
  );

  function facts(headers: GatewayRequest['headers'], user: string | undefined) {
    const request: GatewayRequest = {
      ...{ method: 'GET', rawPath: '/', rawQueryString: '', headers, body: Buffer.alloc(0) },
      ...{ protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', timeMilliseconds: 0 },
    };
    return {
      ...{ request, resourcePath: '/', pathParameters: {}, stageVariables: {} },
      context: user === undefined ? {} : { 'authorizer.user': user },
    };
  }
});

const overwritten: RequestMapping = {
  ...{ action: 'overwrite', place: 'header', name: 'X-User' },
  source: { kind: 'context', name: 'authorizer.user' },
};
const proxy = {
  ...{ origin: 'http://127.0.0.1:1', pathTemplate: '/', httpMethod: 'ANY' },
  ...{ timeoutMilliseconds: 1, mappings: [overwritten] },
};
