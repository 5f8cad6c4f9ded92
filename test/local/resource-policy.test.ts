import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressRanges } from '../../local/gateway/address-range.ts';
import { loadAssembly } from '../../local/template/assembly.ts';
import { worldSpec } from '../../local/template/world.ts';
import type { GatewayWorld } from '../support/gateway-world.ts';
import {
  asked,
  policy,
  type RestShape,
  restAssembly,
  restWorld,
  statement,
  told,
} from './support/rest-world.ts';

const all = 'execute-api:/*';
/** A statement about anybody; the loopback address is everybody's here. */
const anybody = (Effect: string, Resource: unknown = all, Condition?: object) => ({
  ...{ Effect, Principal: '*', Action: 'execute-api:Invoke', Resource },
  ...(Condition === undefined ? {} : { Condition }),
});
const document = (...Statement: readonly unknown[]) => ({
  Policy: { Version: '2012-10-17', Statement },
});

const guarded = (api: object, more: Partial<RestShape> = {}) =>
  restWorld({
    methods: { 'GET /orders/{id}': { authorizer: 'Authorizer' }, 'GET /open': {}, 'GET /': {} },
    api: api as RestShape['api'] & object,
    ...more,
  });

const allowing = document(anybody('Allow'));
const silent = document(anybody('Allow', 'execute-api:/prod/GET/elsewhere'));
const denying = document(anybody('Allow'), anybody('Deny', 'execute-api:/prod/GET/orders/*'));

describe('a resource policy together with an authorizer', () => {
  const yes = policy([statement('Allow', 'ARN')]);
  const nothing = policy([statement('Allow', 'nothing')]);
  const no = policy([statement('Allow', '*'), statement('Deny', 'ARN')]);

  test.each([
    ['Allow', 'Allow', yes, allowing, 200],
    ['Allow', 'silent', yes, silent, 200],
    ['Allow', 'Deny', yes, denying, 403],
    ['nothing', 'Allow', nothing, allowing, 200],
    ['nothing', 'silent', nothing, silent, 403],
    ['nothing', 'Deny', nothing, denying, 403],
    ['Deny', 'Allow', no, allowing, 403],
    ['Deny', 'silent', no, silent, 403],
    ['Deny', 'Deny', no, denying, 403],
  ])('the authorizer says %s, the policy says %s', async (_, __, headers, api, status) => {
    const world = await guarded(api);
    expect((await world.ask('/orders/7', { headers })).status).toBe(status);
  });

  test('an explicit Deny is heard before anybody asks the authorizer, or for an identity', async () => {
    const world = await guarded(denying);
    for (const headers of [yes, []]) {
      const answer = await world.ask('/orders/7', { headers });
      expect([answer.status, answer.json]).toEqual([
        403,
        {
          message: expect.stringMatching(
            /^User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:\*{8}0000:\w+\/prod\/GET\/orders\/7 with an explicit deny$/,
          ),
        },
      ]);
    }
    expect(world.invoked).toEqual([]);
  });

  test('an Allow lets a silent answer pass with all that it says of the caller', async () => {
    const world = await guarded(allowing);
    const headers = policy([], { context: { tenant: 'a' } });
    expect((await world.ask('/orders/7', { headers })).json).toMatchObject({
      requestContext: { authorizer: { principalId: 'me', tenant: 'a' } },
    });
  });

  test('an Allow makes up for silence alone: no identity is 401, no answer is 500', async () => {
    const world = await guarded(allowing);
    const status = async (headers: readonly string[]) =>
      (await world.ask('/orders/7', { headers })).status;
    expect(await status([])).toBe(401);
    expect(await status(told({ throws: 'Unauthorized' }))).toBe(401);
    expect(await status(told({ throws: 'away' }))).toBe(500);
    expect(await status(told({ answer: { principalId: 'me' } }))).toBe(500);
    expect(world.invoked).not.toContain('Backend');
  });

  test('a replayed answer meets the policy anew on every route', async () => {
    const world = await guarded(document(anybody('Allow', 'execute-api:/prod/GET/orders/1')), {
      authorizers: { Authorizer: { AuthorizerResultTtlInSeconds: 300 } },
    });
    expect((await world.ask('/orders/1', { headers: nothing })).status).toBe(200);
    expect((await world.ask('/orders/2', { headers: nothing })).status).toBe(403);
    expect(asked(world)).toBe(1);
  });
});

describe('a resource policy alone', () => {
  test('has to allow what no authorizer guards', async () => {
    const world = await guarded(document(anybody('Allow', 'execute-api:/prod/GET/open')));
    expect((await world.ask('/open')).status).toBe(200);
    const answer = await world.ask('/');
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([
      ...[403, 'AccessDeniedException'],
    ]);
    expect(answer.text).not.toContain('explicit');
  });

  test('an API without one lets everybody pass', async () => {
    const world = await guarded({});
    expect((await world.ask('/')).status).toBe(200);
  });

  test('decides before an API key is looked at', async () => {
    const world = await restWorld({ methods: { 'GET /': { ApiKeyRequired: true } }, api: silent });
    expect((await world.ask('/')).headers['x-amzn-errortype']).toBe('AccessDeniedException');
  });

  const account = '000000000000';
  test.each([
    ['*', 200],
    ['execute-api:/prod/GET/open', 200],
    ['execute-api:/prod/*', 200],
    ['execute-api:/*/GET/op?n', 200],
    [`arn:aws:execute-api:us-east-1:${account}:*/prod/GET/open`, 200],
    ['arn:aws:execute-api:*:*:*/*/*/open', 200],
    [['execute-api:/other', 'execute-api:/prod/GET/open'], 200],
    ['execute-api:/prod/POST/open', 403],
    ['execute-api:/dev/*', 403],
    ['execute-api:/prod/GET/', 403],
    [`arn:aws:execute-api:us-east-1:${account}:another/*`, 403],
    [`arn:aws:execute-api:us-east-1:111122223333:*/prod/GET/open`, 403],
  ])('reads the resource %s', async (Resource, status) => {
    const world = await guarded(document(anybody('Allow', Resource)));
    expect((await world.ask('/open')).status).toBe(status);
  });

  test('a full ARN may name the API by reference', async () => {
    const parts = ['arn:aws:execute-api:us-east-1:', { Ref: 'AWS::AccountId' }, ':*/prod/GET/open'];
    const world = await guarded(document(anybody('Allow', { 'Fn::Join': ['', parts] })));
    expect((await world.ask('/open')).status).toBe(200);
  });

  test('every way of writing anybody is anybody', async () => {
    for (const Principal of ['*', { AWS: '*' }, { AWS: ['*'] }]) {
      const world = await guarded(document({ ...anybody('Allow'), Principal }));
      expect((await world.ask('/open')).status).toBe(200);
    }
  });
});

describe('an address condition', () => {
  const ranges = (...texts: readonly string[]) => ({ 'aws:SourceIp': texts });
  const status = async (Effect: string, Condition: object) => {
    const world: GatewayWorld = await guarded(
      document(anybody('Allow', all, Effect === 'Allow' ? Condition : undefined), {
        ...anybody('Deny', Effect === 'Deny' ? all : 'execute-api:/none/*', Condition),
      }),
    );
    return (await world.ask('/open')).status;
  };

  test('IpAddress holds for an address in one of its ranges, NotIpAddress for one in none', async () => {
    const inside = ranges('10.0.0.0/8', '127.0.0.0/8');
    const outside = ranges('10.0.0.0/8', '::1', '128.0.0.0/1');
    expect(await status('Allow', { IpAddress: inside })).toBe(200);
    expect(await status('Allow', { IpAddress: outside })).toBe(403);
    expect(await status('Allow', { NotIpAddress: inside })).toBe(403);
    expect(await status('Allow', { NotIpAddress: outside })).toBe(200);
    expect(await status('Deny', { IpAddress: inside })).toBe(403);
    expect(await status('Deny', { NotIpAddress: outside })).toBe(403);
    expect(await status('Deny', { NotIpAddress: inside })).toBe(200);
  });

  test('takes one address as well as a list, and needs all operators to hold', async () => {
    expect(await status('Allow', { IpAddress: { 'aws:SourceIp': '127.0.0.1' } })).toBe(200);
    const both = (not: string) => ({
      ...{ IpAddress: ranges('127.0.0.0/8'), NotIpAddress: ranges(not) },
    });
    expect(await status('Allow', both('10.0.0.0/8'))).toBe(200);
    expect(await status('Allow', both('127.0.0.1/32'))).toBe(403);
  });

  test('an address that the client claims is not looked at', async () => {
    const world = await guarded(document(anybody('Allow', all, { IpAddress: ranges('10.1.2.3') })));
    const headers = ['X-Forwarded-For', '10.1.2.3'];
    expect((await world.ask('/open', { headers })).status).toBe(403);
  });

  test('a range of IPv4 holds the addresses whose leading bits are its own', () => {
    const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const dotted = (address: number) =>
      [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
    fc.assert(
      fc.property(number, number, fc.integer({ min: 0, max: 32 }), (network, other, bits) => {
        const holds = addressRanges([`${dotted(network)}/${bits}`]);
        if (typeof holds === 'string') throw new Error(holds);
        const size = 2 ** (32 - bits);
        for (const address of [network, other]) {
          const isInside = Math.floor(network / size) === Math.floor(address / size);
          expect(holds(dotted(address))).toBe(isInside);
        }
      }),
    );
  });

  test('a range of IPv6 is read as such; what is no address is in no range', () => {
    const holds = addressRanges(['2001:db8::/32', '0.0.0.0/0']);
    if (typeof holds === 'string') throw new Error(holds);
    expect([holds('2001:db8:1::5'), holds('2001:db9::1')]).toEqual([true, false]);
    expect([holds(''), holds('unknown'), holds('fe80::1%eth0')]).toEqual([false, false, false]);
  });
});

describe('a resource policy that is not understood stops the start', () => {
  const allow = anybody('Allow');
  test.each<[string, unknown, string]>([
    ['a VPC endpoint', cond({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }), 'StringEquals'],
    ['a VPC endpoint by address', cond({ IpAddress: { 'aws:SourceVpce': '1' } }), 'aws:SourceVpce'],
    ['an address in a VPC', cond({ IpAddress: { 'aws:VpcSourceIp': '1.2.3.4' } }), 'VpcSourceIp'],
    ['another operator', cond({ IpAddressIfExists: { 'aws:SourceIp': '1.2.3.4' } }), 'IfExists'],
    ['a range that is none', cond({ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } }), '10.0.0.0/33'],
    ['a name for an address', cond({ IpAddress: { 'aws:SourceIp': 'localhost' } }), 'localhost'],
    [
      'no address at all',
      cond({ NotIpAddress: { 'aws:SourceIp': [] } }),
      'aws:SourceIp is missing',
    ],
    ['an operator without a key', cond({ IpAddress: {} }), 'aws:SourceIp is missing'],
    ['an account', { ...allow, Principal: { AWS: '111122223333' } }, 'Principal'],
    ['a service', { ...allow, Principal: { Service: 'lambda.amazonaws.com' } }, 'Principal'],
    ['anybody but', { ...allow, NotPrincipal: '*' }, 'NotPrincipal'],
    ['nobody', { ...allow, Principal: undefined }, 'Principal is missing'],
    ['another action', { ...allow, Action: 'execute-api:*' }, 'execute-api:*'],
    ['an action beside the right one', { ...allow, Action: [allow.Action, 's3:Get'] }, 's3:Get'],
    ['no action', { ...allow, Action: [] }, 'Action is missing'],
    ['all but a resource', { ...allow, NotResource: '*' }, 'NotResource'],
    ['no resource', { ...allow, Resource: [] }, 'Resource is missing'],
    ['another service', { ...allow, Resource: 'arn:aws:s3:::bucket' }, 'arn:aws:s3:::bucket'],
    ['a path alone', { ...allow, Resource: '/prod/GET/open' }, '/prod/GET/open'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how IAM writes a variable
    ['a variable', { ...allow, Resource: 'execute-api:/${aws:username}' }, 'aws:username'],
    ['another effect', { ...allow, Effect: 'allow' }, 'the effect allow'],
  ])('%s', (_, one, sentence) => {
    const directory = restAssembly({ methods: { 'GET /': {} }, api: document(one) });
    const start = () =>
      worldSpec(loadAssembly(directory), { apiUrl: () => undefined, secretArn: (name) => name });
    expect(start).toThrow(sentence);
    expect(start).toThrow(/^Main\/Api\.Policy/);
  });

  test('a policy without a statement', () => {
    const directory = restAssembly({ methods: { 'GET /': {} }, api: document() });
    const options = { apiUrl: () => undefined, secretArn: (name: string) => name };
    expect(() => worldSpec(loadAssembly(directory), options)).toThrow('Statement is empty');
  });

  function cond(Condition: object): object {
    return { ...allow, Condition };
  }
});
