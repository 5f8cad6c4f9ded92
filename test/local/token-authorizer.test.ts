import { describe, expect, test } from 'vitest';
import { loadAssembly } from '../../local/template/assembly.ts';
import { worldSpec } from '../../local/template/world.ts';
import {
  asked,
  policy,
  type RestShape,
  restAssembly,
  restWorld,
  statement,
  told,
} from './support/rest-world.ts';

const methods: RestShape['methods'] = {
  'GET /orders/{id}': { authorizer: 'Authorizer' },
  'POST /orders/{id}': { authorizer: 'Authorizer' },
  'GET /other': { authorizer: 'Authorizer' },
};
const token = (properties: object = {}) =>
  restWorld({ methods, authorizers: { Authorizer: { Type: 'TOKEN', ...properties } } });
const allow = policy([statement('Allow', 'ARN')]);

/** What the authorizer was shown, as the programmable one tells it in its context. */
function eventIn(json: unknown): Record<string, unknown> {
  const { requestContext } = json as { requestContext: { authorizer: { event: string } } };
  return JSON.parse(requestContext.authorizer.event) as Record<string, unknown>;
}

describe('the event of a TOKEN authorizer', () => {
  test('is the token, the ARN of the request, and nothing else', async () => {
    const world = await token();
    const [, credential] = allow;
    const { json } = await world.ask('/orders/7?key=1', { headers: [...allow, 'x-other', '1'] });
    expect(eventIn(json)).toEqual({
      type: 'TOKEN',
      authorizationToken: credential,
      methodArn: expect.stringMatching(
        /^arn:aws:execute-api:us-east-1:000000000000:\w+\/prod\/GET\/orders\/7$/,
      ),
    });
  });

  test('has the whole value of the header, its scheme and its case included', async () => {
    const world = await token({ IdentitySource: 'method.request.header.X-Token' });
    const headers = ['x-token', JSON.parse(JSON.stringify(allow[1])) as string];
    expect((await world.ask('/orders/7', { headers })).status).toBe(200);
    expect((await world.ask('/orders/7', { headers: allow })).status).toBe(401);
  });
});

describe('the identity of a TOKEN authorizer', () => {
  test('that is missing or empty is 401, and nobody is asked', async () => {
    const world = await token();
    for (const headers of [[], ['Authorization', ''], ['X-Authorization', 'Bearer a']]) {
      const answer = await world.ask('/orders/7', { headers });
      expect([answer.status, answer.json]).toEqual([401, { message: 'Unauthorized' }]);
    }
    expect((await world.ask('/orders/7?Authorization=a')).status).toBe(401);
    expect(world.invoked).toEqual([]);
  });

  test.each([
    ['Bearer [-\\w.~+/]+=*', ['Bearer ', 'bearer abc', 'Bearer a b', ' xBearer abc', 'Basic abc']],
    ['^Bearer .+$', ['Bearer', 'Basic x', 'x Bearer a']],
    // One alternative must not be anchored without the other.
    ['Bearer a|Basic b', ['Bearer ab', 'xBasic b']],
  ])('that does not fit %s as a whole is 401, and nobody is asked', async (expression, tokens) => {
    const world = await token({ IdentityValidationExpression: expression });
    for (const value of tokens) {
      const answer = await world.ask('/orders/7', { headers: ['Authorization', value] });
      expect([answer.status, answer.json]).toEqual([401, { message: 'Unauthorized' }]);
    }
    expect(world.invoked).toEqual([]);
  });

  test('that fits the expression is shown to the authorizer', async () => {
    const world = await token({ IdentityValidationExpression: '^\\{"answer":.*\\}$' });
    expect((await world.ask('/orders/7', { headers: allow })).status).toBe(200);
    expect((await world.ask('/orders/7', { headers: told({ throws: 'x' }) })).status).toBe(401);
    expect(asked(world)).toBe(1);
  });

  test('is looked at again on every request: the expression holds for a replayed answer too', async () => {
    const world = await token({
      ...{ IdentityValidationExpression: '\\{.*\\}', AuthorizerResultTtlInSeconds: 300 },
    });
    await world.ask('/orders/7', { headers: allow });
    const [name = '', value = ''] = allow;
    const again = await world.ask('/orders/7', { headers: [name, `${value} x`] });
    expect([again.status, asked(world)]).toEqual([401, 1]);
  });
});

describe('the answers of a TOKEN authorizer', () => {
  test('are replayed for 300 s where the template says nothing', async () => {
    const world = await token({ AuthorizerResultTtlInSeconds: undefined });
    for (const clock of [0, 299_999]) {
      world.clock = clock;
      expect((await world.ask('/orders/7', { headers: allow })).status).toBe(200);
    }
    expect(asked(world)).toBe(1);
    world.clock = 300_000;
    await world.ask('/orders/7', { headers: allow });
    expect(asked(world)).toBe(2);
  });

  test('are not replayed with a TTL of 0', async () => {
    const world = await token();
    await world.ask('/orders/7', { headers: allow });
    await world.ask('/orders/7', { headers: allow });
    expect(asked(world)).toBe(2);
  });

  test('are evaluated again for each route and each verb', async () => {
    const world = await token({ AuthorizerResultTtlInSeconds: 300 });
    const headers = policy([statement('Allow', '*/GET/*'), statement('Deny', '*/other')]);
    const status = async (path: string, method = 'GET') =>
      (await world.ask(path, { headers, method })).status;
    expect(await status('/orders/1')).toBe(200);
    expect(await status('/orders/2')).toBe(200);
    expect(await status('/orders/1', 'POST')).toBe(403);
    expect(await status('/other')).toBe(403);
    expect(asked(world)).toBe(1);
  });

  test('belong to that one value, whatever else is sent', async () => {
    const world = await token({ AuthorizerResultTtlInSeconds: 300 });
    await world.ask('/orders/7', { headers: allow });
    await world.ask('/orders/7?key=1', { headers: [...allow, 'x-other', '1', 'cookie', 'a=b'] });
    expect(asked(world)).toBe(1);
    // One space more is another credential.
    await world.ask('/orders/7', { headers: ['Authorization', `${allow[1]?.replace(':', ': ')}`] });
    expect(asked(world)).toBe(2);
    // So are two headers, whatever one of them says.
    await world.ask('/orders/7', { headers: [...allow, ...allow] });
    expect(asked(world)).toBe(3);
  });

  test('of a wrong shape, and none at all, are 500 and no answer to replay', async () => {
    const world = await token({ AuthorizerResultTtlInSeconds: 300 });
    for (const instruction of [{ answer: { isAuthorized: true } }, { throws: 'Unauthorised' }]) {
      for (let time = 0; time < 2; time += 1) {
        expect((await world.ask('/orders/7', { headers: told(instruction) })).status).toBe(500);
      }
    }
    expect(world.invoked).toEqual(['Auth', 'Auth', 'Auth', 'Auth']);
  });
});

describe('a TOKEN authorizer that AWS would not take stops the start:', () => {
  test.each([
    ['no identity source', { IdentitySource: undefined }, 'needs one header'],
    ['a query parameter', { IdentitySource: 'method.request.querystring.t' }, 'needs one header'],
    [
      'two headers',
      { IdentitySource: 'method.request.header.A,method.request.header.B' },
      'needs one header',
    ],
    ['an expression that is none', { IdentityValidationExpression: '(' }, 'Expression ( is not'],
    ['a flag of Java', { IdentityValidationExpression: '(?i)bearer .+' }, '(?i)bearer .+ is not'],
    ['a TTL above an hour', { AuthorizerResultTtlInSeconds: 3_601 }, '0 to 3600'],
  ])('%s', (_, properties, sentence) => {
    const directory = restAssembly({
      methods,
      authorizers: { Authorizer: { Type: 'TOKEN', ...properties } },
    });
    const start = () =>
      worldSpec(loadAssembly(directory), { apiUrl: () => undefined, secretArn: (name) => name });
    expect(start).toThrow(sentence);
    expect(start).toThrow(/^Main\/Authorizer/);
  });
});
