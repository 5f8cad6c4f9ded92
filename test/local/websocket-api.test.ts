import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { GatewayOptions } from '../../local/gateway/gateway-options.ts';
import { loadAssembly } from '../../local/template/assembly.ts';
import { resolveAssembly } from '../../local/template/resolve-assembly.ts';
import {
  apiPermission,
  invocationUri,
  lambdaFunction,
  writeAssembly,
} from '../support/assembly.ts';
import { type GatewayWorld, gatewayWorld } from '../support/gateway-world.ts';
import { openSocket, refusedSocket } from '../support/web-socket-client.ts';

const worlds: GatewayWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

/** Answers what the handshake's `x-reply` or the message's `reply` says, else 200 with the event. */
const backend = `export const handler = async (event) => {
  let told;
  try {
    told = event.body === undefined ? JSON.parse(event.headers['x-reply']) : JSON.parse(event.body).reply;
  } catch {}
  if (told?.throws !== undefined) throw new Error(told.throws);
  if (told?.hangs) await new Promise(() => {});
  return told?.value !== undefined ? told.value : { statusCode: 200, body: JSON.stringify(event) };
};`;

/** Answers what the query parameter \`token\` says; \`ARN\` in it stands for the ARN of the request. */
const authorizer = `let invocations = 0;
export const handler = async (event) => {
  invocations += 1;
  const told = JSON.parse(event.queryStringParameters.token);
  if (told.throws !== undefined) throw new Error(told.throws);
  if (told.hangs) await new Promise(() => {});
  const answer = JSON.parse(JSON.stringify(told.answer).replaceAll('ARN', event.methodArn));
  return told.bare ? answer : { ...answer, context: { invocations, admin: false, ...answer.context } };
};`;

interface Shape {
  /** A \`!\` in front of \`$connect\` puts it behind the authorizer, a \`?\` in front of a route gives it a response. */
  readonly routes: readonly string[];
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly api?: Readonly<Record<string, unknown>>;
  readonly route?: Readonly<Record<string, unknown>>;
  readonly integration?: Readonly<Record<string, unknown>>;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly withoutPermission?: string;
  readonly options?: Partial<GatewayOptions>;
}

const ApiId = { Ref: 'Api' };
const tokenSource = 'route.request.querystring.token';

function assembly(shape: Shape): string {
  const resources: Record<string, object> = {};
  for (const [index, route] of shape.routes.entries()) {
    const RouteKey = route.replace(/^[!?]/, '');
    const id = `Route${index}`;
    resources[id] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ...{ ApiId, RouteKey, ApiKeyRequired: false },
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
        ...(route.startsWith('!')
          ? { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Authorizer' } }
          : { AuthorizationType: 'NONE' }),
        ...(route.startsWith('?') ? { RouteResponseSelectionExpression: '$default' } : {}),
        ...shape.route,
      },
    };
    if (!route.startsWith('?')) continue;
    resources[`${id}Response`] = {
      Type: 'AWS::ApiGatewayV2::RouteResponse',
      Properties: { ApiId, RouteId: { Ref: id }, RouteResponseKey: '$default' },
    };
  }
  const permissions = ['Backend', 'Auth'].filter((id) => id !== shape.withoutPermission);
  return writeAssembly(
    {
      Main: {
        Resources: {
          ...lambdaFunction('Backend', 'backend'),
          ...lambdaFunction('Auth', 'authorizer'),
          ...Object.assign({}, ...permissions.map(apiPermission)),
          Api: {
            Type: 'AWS::ApiGatewayV2::Api',
            Properties: {
              ...{ Name: 'Live', ProtocolType: 'WEBSOCKET' },
              RouteSelectionExpression: '$request.body.action',
              ...shape.api,
            },
          },
          Stage: {
            Type: 'AWS::ApiGatewayV2::Stage',
            Properties: {
              ...{ ApiId, StageName: 'prod', AutoDeploy: true },
              StageVariables: shape.stageVariables ?? {},
            },
          },
          Integration: {
            Type: 'AWS::ApiGatewayV2::Integration',
            Properties: {
              ...{ ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri('Backend') },
              ...shape.integration,
            },
          },
          Authorizer: {
            Type: 'AWS::ApiGatewayV2::Authorizer',
            Properties: {
              ...{ ApiId, Name: 'tokens', AuthorizerType: 'REQUEST' },
              ...{ AuthorizerUri: invocationUri('Auth'), IdentitySource: [tokenSource] },
              ...shape.authorizer,
            },
          },
          ...resources,
        },
      },
    },
    { backend, authorizer },
  );
}

async function webSocketWorld(
  shape: Shape,
): Promise<GatewayWorld & { readonly socketUrl: string }> {
  const world = await gatewayWorld(assembly(shape), shape.options);
  worlds.push(world);
  return Object.assign(world, { socketUrl: `${world.url.replace('http', 'ws')}/prod` });
}

const query = (token: unknown): string =>
  `?token=${encodeURIComponent(typeof token === 'string' ? token : JSON.stringify(token))}`;
const statement = (Effect: string, Resource: string) => ({
  ...{ Effect, Resource, Action: 'execute-api:Invoke' },
});
/** A token with which the authorizer answers this policy. */
const policy = (statements: readonly object[], rest: object = {}): string =>
  query({ answer: { principalId: 'me', policyDocument: { Statement: statements }, ...rest } });
const allowed = policy([statement('Allow', 'ARN')]);
const reply = (instruction: object) => ({ headers: { 'x-reply': JSON.stringify(instruction) } });
const stageArn = (world: GatewayWorld): string =>
  `arn:aws:execute-api:us-east-1:000000000000:${apiIdOf(world)}/prod`;
const apiIdOf = (world: GatewayWorld): string => String(eventOf(world, 0).requestContext.apiId);

type Event = Readonly<Record<string, unknown>> & {
  readonly requestContext: Readonly<Record<string, unknown>>;
};
const eventOf = (world: GatewayWorld, index: number): Event => world.events.at(index) as Event;

describe('an authorizer of $connect', () => {
  test('is not asked where its identity source is missing or empty: 401', async () => {
    const world = await webSocketWorld({ routes: ['!$connect'] });
    for (const search of ['', '?token=', '?Token=x']) {
      const refused = await refusedSocket(`${world.socketUrl}${search}`);
      expect([refused.status, JSON.parse(refused.text)]).toEqual([
        401,
        { message: 'Unauthorized' },
      ]);
    }
    expect(world.invoked).toEqual([]);
  });

  test('needs all of its identity sources', async () => {
    const world = await webSocketWorld({
      routes: ['!$connect'],
      authorizer: { IdentitySource: [tokenSource, 'route.request.header.X-Own'] },
    });
    const url = `${world.socketUrl}${allowed}`;
    expect((await refusedSocket(url)).status).toBe(401);
    expect(world.invoked).toEqual([]);
    await openSocket(url, { headers: { 'x-own': '1' } });
  });

  test.each([
    ['throws exactly Unauthorized', query({ throws: 'Unauthorized' }), 401],
    ['throws it in another spelling', query({ throws: 'unauthorized' }), 500],
    ['throws anything else', query({ throws: 'no database' }), 500],
    ['answers no object', query({ answer: 'yes', bare: true }), 500],
    ['answers in the simple form of HTTP APIs', query({ answer: { isAuthorized: true } }), 500],
    ['names no principal', query({ answer: { policyDocument: { Statement: [] } } }), 500],
    [
      'has an object in its context',
      policy([statement('Allow', 'ARN')], { context: { claims: { sub: 'me' } } }),
      500,
    ],
    ['takes too long', query({ hangs: true }), 500],
    ['allows nothing', policy([]), 403],
    ['denies', policy([statement('Allow', '*'), statement('Deny', 'ARN')]), 403],
  ])('that %s ends the handshake: %s → %i', async (_, search, status) => {
    // Only one of them is meant to be too slow, whatever else the machine does.
    const options = search.includes('hangs') ? { authorizerTimeoutMilliseconds: 100 } : {};
    const world = await webSocketWorld({ routes: ['!$connect'], options });
    expect((await refusedSocket(`${world.socketUrl}${search}`)).status).toBe(status);
    expect(world.invoked).toEqual(['Auth']);
  });

  test('that may not be invoked ends the handshake: 500', async () => {
    const world = await webSocketWorld({ routes: ['!$connect'], withoutPermission: 'Auth' });
    expect((await refusedSocket(`${world.socketUrl}${allowed}`)).status).toBe(500);
    expect(world.logged).toEqual(['authorizer Authorizer: could not be invoked: no-permission']);
  });

  test('answers for an ARN without a verb: a policy for stage/*/* does not reach it', async () => {
    const world = await webSocketWorld({ routes: ['!$connect'] });
    await openSocket(`${world.socketUrl}${allowed}`);
    const resource = (tail: string) => policy([statement('Allow', `${stageArn(world)}/${tail}`)]);
    expect(eventOf(world, 0).methodArn).toBe(`${stageArn(world)}/$connect`);
    expect((await refusedSocket(`${world.socketUrl}${resource('*/*')}`)).status).toBe(403);
    expect((await refusedSocket(`${world.socketUrl}${resource('GET/*')}`)).status).toBe(403);
    await openSocket(`${world.socketUrl}${resource('$connect')}`);
    await openSocket(`${world.socketUrl}${resource('*')}`);
  });

  test('is asked for every handshake: there is no result cache', async () => {
    const world = await webSocketWorld({ routes: ['!$connect'] });
    for (const invocations of ['1', '2', '3']) {
      await openSocket(`${world.socketUrl}${allowed}`);
      expect(eventOf(world, -1).requestContext.authorizer).toMatchObject({ invocations });
    }
    expect(world.invoked.filter((id) => id === 'Auth')).toHaveLength(3);
  });

  test('is shown the handshake, and neither verb nor path', async () => {
    const world = await webSocketWorld({
      routes: ['!$connect'],
      stageVariables: { color: 'blue' },
    });
    world.clock = Date.UTC(2024, 1, 9, 18, 11, 43);
    await openSocket(`${world.socketUrl}${allowed}&a=1&a=2`, {
      headers: { 'X-Own': 'x', 'User-Agent': 'a test' },
    });
    const event = eventOf(world, 0);
    expect(event).toEqual({
      type: 'REQUEST',
      methodArn: `${stageArn(world)}/$connect`,
      headers: expect.objectContaining({ 'X-Own': 'x', 'Sec-WebSocket-Version': '13' }),
      multiValueHeaders: expect.objectContaining({ 'X-Own': ['x'] }),
      queryStringParameters: { token: expect.any(String), a: '2' },
      multiValueQueryStringParameters: { token: [expect.any(String)], a: ['1', '2'] },
      stageVariables: { color: 'blue' },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: expect.stringMatching(/^[\w-]+=$/),
        requestTime: '09/Feb/2024:18:11:43 +0000',
        messageDirection: 'IN',
        stage: 'prod',
        connectedAt: world.clock,
        requestTimeEpoch: world.clock,
        identity: { sourceIp: '127.0.0.1', userAgent: 'a test' },
        requestId: expect.stringMatching(/^[\w-]+=$/),
        domainName: '127.0.0.1',
        connectionId: expect.stringMatching(/^[\w-]+=$/),
        apiId: apiIdOf(world),
      },
    });
    expect(event.headers).not.toHaveProperty('Upgrade');
    expect(eventOf(world, 1).requestContext).toMatchObject({
      connectionId: event.requestContext.connectionId,
    });
  });

  test('gives its principal and context, as text, to every event of the connection', async () => {
    const world = await webSocketWorld({
      routes: ['!$connect', '$default', '$disconnect'],
    });
    const { socket, closed } = await openSocket(
      `${world.socketUrl}${policy([statement('Allow', 'ARN')], { context: { level: 7 } })}`,
    );
    socket.send('hello');
    await vi.waitFor(() => expect(world.invoked).toHaveLength(3));
    socket.close(1000, 'done');
    await closed;
    await vi.waitFor(() => expect(world.invoked).toHaveLength(4));
    expect(world.events.slice(1)).toMatchObject(
      (['CONNECT', 'MESSAGE', 'DISCONNECT'] as const).map((eventType) => ({
        requestContext: {
          eventType,
          authorizer: { principalId: 'me', level: '7', admin: 'false', invocations: '1' },
        },
      })),
    );
    expect(eventOf(world, 0).requestContext).not.toHaveProperty('authorizer');
  });
});

describe('the integration of $connect', () => {
  test.each([
    ['status', { value: { statusCode: 418, body: 'tea' } }, 418],
    ['redirect', { value: { statusCode: 302 } }, 302],
    ['error', { throws: 'no database' }, 502],
    ['malformed answer', { value: { hello: 1 } }, 502],
  ])('refuses the handshake with its %s', async (_, instruction, status) => {
    const world = await webSocketWorld({ routes: ['$connect', '$disconnect'] });
    const refused = await refusedSocket(world.socketUrl, reply(instruction));
    expect([refused.status, refused.text]).toEqual([status, expect.not.stringContaining('tea')]);
    expect(world.invoked).toEqual(['Backend']);
  });

  test('that takes too long refuses with 504, one that may not be invoked with 500', async () => {
    const slow = await webSocketWorld({
      routes: ['$connect'],
      integration: { TimeoutInMillis: 50 },
    });
    expect((await refusedSocket(slow.socketUrl, reply({ hangs: true }))).status).toBe(504);
    const closed = await webSocketWorld({ routes: ['$connect'], withoutPermission: 'Backend' });
    expect((await refusedSocket(closed.socketUrl)).status).toBe(500);
  });

  test('any 2xx lets the caller in; without $connect everybody is', async () => {
    const world = await webSocketWorld({ routes: ['$connect'] });
    await openSocket(world.socketUrl, reply({ value: { statusCode: 204 } }));
    const open = await webSocketWorld({ routes: ['$default'] });
    await openSocket(open.socketUrl);
    expect(open.invoked).toEqual([]);
  });

  test('decides about the subprotocol: none is echoed without its word (RFC 6455 §4.2.2)', async () => {
    const world = await webSocketWorld({ routes: ['$connect'] });
    const offered = { protocols: ['graphql-ws', 'chat'] };
    const headers = { 'Sec-WebSocket-Protocol': 'chat', 'X-Other': 'x' };
    const chosen = await openSocket(world.socketUrl, {
      ...offered,
      ...reply({ value: { statusCode: 200, headers } }),
    });
    expect(chosen.socket.protocol).toBe('chat');
    expect(eventOf(world, 0).headers).toMatchObject({
      'Sec-WebSocket-Protocol': 'graphql-ws,chat',
    });
    // A client that offers subprotocols ends a handshake that chooses none.
    await expect(openSocket(world.socketUrl, offered)).rejects.toThrow('no subprotocol');
  });
});

test('only the path of a stage is a WebSocket, and only a handshake opens it', async () => {
  const world = await webSocketWorld({ routes: ['$default'] });
  const root = world.url.replace('http', 'ws');
  for (const path of ['/', '/other', '/prod/more', '/production']) {
    expect((await refusedSocket(`${root}${path}`)).status).toBe(403);
  }
  await openSocket(`${root}/prod/`);
  expect((await world.ask('/prod')).status).toBe(426);
});

describe('a message', () => {
  test('goes to the route that it names, else to $default', async () => {
    const world = await webSocketWorld({ routes: ['?orders', '?$default', '$connect'] });
    const { socket, next } = await openSocket(world.socketUrl);
    const routeOf = async (message: string) => {
      socket.send(message);
      return (JSON.parse(await next()) as Event).requestContext.routeKey;
    };
    expect(await routeOf('{"action":"orders"}')).toBe('orders');
    expect(await routeOf('{"action":"others"}')).toBe('$default');
    expect(await routeOf('{"action":"$connect"}')).toBe('$default');
    expect(await routeOf('{"action":{"is":"orders"}}')).toBe('$default');
    expect(await routeOf('{"__proto__":{"action":"orders"}}')).toBe('$default');
    expect(await routeOf('orders')).toBe('$default');
    expect(await routeOf('null')).toBe('$default');
  });

  test('is selected by a member further in as well', async () => {
    const world = await webSocketWorld({
      routes: ['?1', '?$default'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written
      api: { RouteSelectionExpression: '${request.body.meta.kind}' },
    });
    const { socket, next } = await openSocket(world.socketUrl);
    socket.send('{"meta":{"kind":1}}');
    expect(JSON.parse(await next())).toMatchObject({ requestContext: { routeKey: '1' } });
  });

  test('is shown as text with its connection, without headers', async () => {
    const world = await webSocketWorld({ routes: ['?$default'] });
    const { socket, next } = await openSocket(world.socketUrl);
    socket.send('hello');
    const event = JSON.parse(await next()) as Event;
    expect(event).toEqual({
      body: 'hello',
      isBase64Encoded: false,
      requestContext: {
        ...{ routeKey: '$default', eventType: 'MESSAGE', messageDirection: 'IN', stage: 'prod' },
        ...{ apiId: expect.any(String), domainName: '127.0.0.1', connectedAt: 0 },
        ...{ extendedRequestId: expect.any(String), requestId: expect.any(String) },
        ...{ requestTime: '01/Jan/1970:00:00:00 +0000', requestTimeEpoch: 0 },
        ...{ connectionId: expect.any(String), messageId: expect.any(String) },
        identity: { sourceIp: '127.0.0.1' },
      },
    });
  });

  test('is answered by a route with a response and by no other', async () => {
    const world = await webSocketWorld({ routes: ['silent', '?loud'] });
    const { socket, next } = await openSocket(world.socketUrl);
    const value = (body: string) => ({ value: { statusCode: 200, body } });
    socket.send(JSON.stringify({ action: 'silent', reply: value('never') }));
    await vi.waitFor(() => expect(world.invoked).toHaveLength(1));
    // The status of an answer does not matter any more.
    socket.send(
      JSON.stringify({ action: 'loud', reply: { value: { statusCode: 500, body: 'heard' } } }),
    );
    expect(await next()).toBe('heard');
  });

  test('without a route is Forbidden, and a failed one is told with the ids of its request', async () => {
    const world = await webSocketWorld({
      routes: ['one'],
      integration: { TimeoutInMillis: 50 },
    });
    const { socket, next } = await openSocket(world.socketUrl);
    const said = async (message: unknown) => {
      socket.send(JSON.stringify(message));
      return JSON.parse(await next()) as Record<string, unknown>;
    };
    const ids = { connectionId: expect.any(String), requestId: expect.any(String) };
    expect(await said({ action: 'two' })).toEqual({ message: 'Forbidden', ...ids });
    const failed = await said({ action: 'one', reply: { throws: 'no database' } });
    expect(failed).toEqual({ message: 'Internal server error', ...ids });
    const { connectionId, requestId } = eventOf(world, -1).requestContext;
    expect(failed).toMatchObject({ connectionId, requestId });
    expect(await said({ action: 'one', reply: { hangs: true } })).toMatchObject({
      message: 'Endpoint request timed out',
    });
  });

  test('in a binary frame closes the connection with 1003', async () => {
    const world = await webSocketWorld({ routes: ['$default'] });
    const { socket, closed } = await openSocket(world.socketUrl);
    socket.send(Buffer.from('hello'));
    expect((await closed).code).toBe(1003);
    expect(world.invoked).toEqual([]);
  });

  test('above 128 KB closes the connection with 1009', async () => {
    const world = await webSocketWorld({ routes: ['?$default'] });
    const { socket, next, closed } = await openSocket(world.socketUrl);
    socket.send('x'.repeat(128 * 1024));
    await next();
    socket.send('x'.repeat(128 * 1024 + 1));
    expect((await closed).code).toBe(1009);
  });
});

describe('the end of a connection', () => {
  const minute = 60_000;
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['a reason', 4001, 'bye', { disconnectStatusCode: 4001, disconnectReason: 'bye' }],
    [
      'no status',
      undefined,
      undefined,
      {
        disconnectStatusCode: 1005,
        disconnectReason: 'Client-side close frame status not set',
      },
    ],
  ])('with %s is told to $disconnect', async (_, code, reason, told) => {
    const world = await webSocketWorld({ routes: ['$disconnect'] });
    const { socket } = await openSocket(world.socketUrl);
    socket.close(code, reason);
    await vi.waitFor(() => expect(world.invoked).toEqual(['Backend']));
    const event = eventOf(world, 0);
    expect(event).toMatchObject({
      headers: { Host: new URL(world.url).host },
      isBase64Encoded: false,
      requestContext: { routeKey: '$disconnect', eventType: 'DISCONNECT', ...told },
    });
    expect(event).not.toHaveProperty('body');
  });

  test('without a closing handshake is told as 1006', async () => {
    const world = await webSocketWorld({ routes: ['$disconnect'] });
    const { socket } = await openSocket(world.socketUrl);
    socket.terminate();
    await vi.waitFor(() => expect(world.invoked).toEqual(['Backend']));
    expect(eventOf(world, 0).requestContext).toMatchObject({ disconnectStatusCode: 1006 });
  });

  test('comes when nothing was said for ten minutes', async () => {
    const world = await webSocketWorld({ routes: ['?$default'] });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { socket, next, closed } = await openSocket(world.socketUrl);
    for (const said of ['one', 'two']) {
      vi.advanceTimersByTime(10 * minute - 1);
      socket.send(said);
      expect(JSON.parse(await next())).toMatchObject({ body: said });
    }
    vi.advanceTimersByTime(10 * minute);
    expect((await closed).code).toBe(1001);
  });

  test('comes after two hours, however much was said', async () => {
    const world = await webSocketWorld({ routes: ['?$default'] });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { socket, next, closed } = await openSocket(world.socketUrl);
    for (let minutes = 5; minutes < 120; minutes += 5) {
      vi.advanceTimersByTime(5 * minute);
      socket.send('still here');
      await next();
    }
    vi.advanceTimersByTime(5 * minute);
    expect((await closed).code).toBe(1001);
  });

  test('comes with the end of the runner, also for whoever is still shaking hands', async () => {
    const world = await webSocketWorld({ routes: ['$connect', '$disconnect'] });
    const { closed } = await openSocket(world.socketUrl);
    const shaking = openSocket(world.socketUrl, reply({ hangs: true }));
    const outcome = expect(shaking).rejects.toThrow('socket hang up');
    await vi.waitFor(() => expect(world.invoked).toHaveLength(2));
    await world.stop();
    expect((await closed).code).toBe(1006);
    await outcome;
    // Room for the event that must not come.
    await sleep(100);
    expect(world.invoked).toEqual(['Backend', 'Backend']);
  });
});

describe('@connections', () => {
  const signed = [
    'authorization',
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0',
  ];
  const pathOf = (world: GatewayWorld): string => {
    const { connectionId } = eventOf(world, 0).requestContext;
    return `/prod/@connections/${encodeURIComponent(String(connectionId))}`;
  };

  test('sends to a connection, tells of it and closes it', async () => {
    const world = await webSocketWorld({ routes: ['$connect', '$default'] });
    const { socket, next, closed } = await openSocket(world.socketUrl, {
      headers: { 'user-agent': 'a test' },
    });
    const path = pathOf(world);
    const sent = await world.ask(path, { method: 'POST', headers: signed, body: 'hello' });
    expect([sent.status, sent.text, await next()]).toEqual([200, '', 'hello']);
    world.clock = 1_000;
    socket.send('still here');
    await vi.waitFor(() => expect(world.invoked).toHaveLength(2));
    expect((await world.ask(path, { headers: signed })).json).toEqual({
      connectedAt: '1970-01-01T00:00:00.000Z',
      lastActiveAt: '1970-01-01T00:00:01.000Z',
      identity: { sourceIp: '127.0.0.1', userAgent: 'a test' },
    });
    expect((await world.ask(path, { method: 'DELETE', headers: signed })).status).toBe(204);
    expect((await closed).code).toBe(1000);
    await vi.waitFor(async () => {
      expect((await world.ask(path, { headers: signed })).status).toBe(410);
    });
  });

  test('is for signed callers, and knows no connection of another stage', async () => {
    const world = await webSocketWorld({ routes: ['$connect'] });
    await openSocket(world.socketUrl);
    const path = pathOf(world);
    for (const headers of [[], ['authorization', 'Bearer x']]) {
      const answer = await world.ask(path, { method: 'DELETE', headers });
      expect([answer.status, answer.json]).toEqual([
        403,
        { message: 'Missing Authentication Token' },
      ]);
    }
    expect((await world.ask(path, { method: 'PUT', headers: signed })).status).toBe(403);
    const elsewhere = path.replace('prod', 'other');
    expect((await world.ask(elsewhere, { headers: signed })).status).toBe(410);
    const much = Buffer.alloc(128 * 1024 + 1);
    const tooMuch = await world.ask(path, { method: 'POST', headers: signed, body: much });
    expect(tooMuch.status).toBe(413);
  });

  test('asks the role of the function that signed', async () => {
    const asked: unknown[] = [];
    const world = await webSocketWorld({
      routes: ['$connect'],
      options: {
        access: (_, needed) => {
          asked.push(needed);
          return 'denied';
        },
      },
    });
    await openSocket(world.socketUrl);
    const path = pathOf(world);
    const answer = await world.ask(path, { method: 'POST', headers: signed, body: 'hello' });
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([
      403,
      'AccessDeniedException',
    ]);
    const { connectionId } = eventOf(world, 0).requestContext;
    expect(asked).toEqual([
      {
        action: 'execute-api:ManageConnections',
        resource: `${stageArn(world)}/POST/@connections/${connectionId}`,
        context: {},
      },
    ]);
  });
});

describe('a template', () => {
  test.each([
    [{ api: { ApiKeySelectionExpression: '$request.header.x-api-key' } }, 'ApiKeySelection'],
    [{ api: { RouteSelectionExpression: '$request.header.action' } }, 'RouteSelectionExpression'],
    [{ api: { DisableExecuteApiEndpoint: true } }, 'DisableExecuteApiEndpoint'],
    [{ authorizer: { AuthorizerResultTtlInSeconds: 300 } }, 'AuthorizerResultTtlInSeconds'],
    [{ authorizer: { EnableSimpleResponses: true } }, 'EnableSimpleResponses'],
    [{ authorizer: { AuthorizerType: 'JWT' } }, 'JWT'],
    [{ authorizer: { IdentitySource: ['$request.header.X'] } }, '$request.header.X'],
    [{ authorizer: { IdentitySource: ['route.request.body.x'] } }, 'route.request.body.x'],
    [{ integration: { IntegrationType: 'MOCK' } }, 'MOCK'],
    [{ integration: { ContentHandlingStrategy: 'CONVERT_TO_TEXT' } }, 'ContentHandlingStrategy'],
    [{ route: { ApiKeyRequired: true } }, 'ApiKeyRequired'],
    [{ route: { AuthorizationType: 'AWS_IAM' } }, 'AWS_IAM'],
    [{ route: { RequestParameters: {} } }, 'RequestParameters'],
    [{ routes: ['!$default'] }, 'only $connect can have an authorizer'],
    [{ routes: ['?$connect'] }, 'route response of $connect'],
    [{ route: { RouteResponseSelectionExpression: '$default' } }, 'route response'],
  ] satisfies [Partial<Shape>, string][])('is refused by name: %j', async (shape, name) => {
    await expect(webSocketWorld({ routes: ['$connect'], ...shape })).rejects.toThrow(name);
  });

  test('finds the API at its local address, for clients and for the owner', () => {
    const url = (value: unknown) => ({
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Value: value },
    });
    const callback = {
      'Fn::Join': [
        '',
        ['https://', ApiId, '.execute-api.', { Ref: 'AWS::Region' }, '.amazonaws.com/prod'],
      ],
    };
    const directory = writeAssembly({
      Main: {
        Resources: {
          Api: {
            Type: 'AWS::ApiGatewayV2::Api',
            Properties: { ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.a' },
          },
          Endpoint: url({ 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }),
          Callback: url(callback),
        },
      },
    });
    const { resources } = resolveAssembly(loadAssembly(directory), {
      apiUrl: () => 'http://127.0.0.1:8790',
      secretArn: (name) => name,
    });
    const propertyOf = (id: string) =>
      resources.find(({ logicalId }) => logicalId === id)?.properties.Value;
    expect(propertyOf('Endpoint')).toBe('ws://127.0.0.1:8790');
    expect(propertyOf('Callback')).toBe('http://127.0.0.1:8790/prod');
  });
});
