import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { quotaPeriodStart } from '../../local/gateway/quota-period.ts';
import { tokenBucket } from '../../local/gateway/token-bucket.ts';
import { host } from '../../local/host.ts';
import { loadAssembly } from '../../local/template/assembly.ts';
import { worldSpec } from '../../local/template/world.ts';
import type { GatewayWorld } from '../support/gateway-world.ts';
import {
  asked,
  policy,
  type RestShape,
  restApiResources,
  restAssembly,
  restWorld,
  statement,
  told,
} from './support/rest-world.ts';

type Properties = Readonly<Record<string, unknown>>;

const ref = (id: string) => ({ Ref: id });
const gold = 'gold-gold-gold-gold-gold';
const lead = 'lead-lead-lead-lead-lead';

/** A plan `Plan` of the stage `prod` with the keys `Gold` and `Lead`. */
function plan(properties: Properties = {}): Readonly<Record<string, object>> {
  return {
    Gold: apiKey({ Value: gold }),
    Lead: apiKey({ Value: lead }),
    Plan: usagePlan(properties),
    GoldInPlan: planKey('Gold', 'Plan'),
    LeadInPlan: planKey('Lead', 'Plan'),
  };
}
const apiKey = (properties: Properties) => ({
  Type: 'AWS::ApiGateway::ApiKey',
  Properties: { Enabled: true, ...properties },
});
const usagePlan = (properties: Properties = {}) => ({
  Type: 'AWS::ApiGateway::UsagePlan',
  Properties: { ApiStages: [{ ApiId: ref('Api'), Stage: ref('ApiStageprod') }], ...properties },
});
const planKey = (key: string, of: string) => ({
  Type: 'AWS::ApiGateway::UsagePlanKey',
  Properties: { KeyId: ref(key), KeyType: 'API_KEY', UsagePlanId: ref(of) },
});

const metered = { ApiKeyRequired: true };
const keyed = (value: string) => ({ headers: ['x-api-key', value] });

async function statuses(
  world: GatewayWorld,
  times: number,
  ask = keyed(gold),
  path = '/',
): Promise<readonly number[]> {
  const seen: number[] = [];
  for (let index = 0; index < times; index += 1) seen.push((await world.ask(path, ask)).status);
  return seen;
}

describe('a method that requires an API key', () => {
  const shape: RestShape = {
    methods: { 'GET /': metered, 'GET /open': {} },
    stages: ['prod', 'dev'],
    resources: {
      ...plan(),
      Off: apiKey({ Value: `off-${gold}`, Enabled: false }),
      OffInPlan: planKey('Off', 'Plan'),
      Unsaid: apiKey({ Value: `unsaid-${gold}`, Enabled: undefined }),
      UnsaidInPlan: planKey('Unsaid', 'Plan'),
      Outside: apiKey({ Value: `outside-${gold}` }),
      Elsewhere: apiKey({ Value: `elsewhere-${gold}` }),
      DevPlan: usagePlan({ ApiStages: [{ ApiId: ref('Api'), Stage: ref('ApiStagedev') }] }),
      ElsewhereInPlan: planKey('Elsewhere', 'DevPlan'),
    },
  };

  test.each([
    ['no key', []],
    ['an empty key', ['x-api-key', '']],
    ['a key that nobody made', ['x-api-key', `${gold}x`]],
    ['a key in other letters', ['x-api-key', gold.toUpperCase()]],
    ['a key that is disabled', ['x-api-key', `off-${gold}`]],
    ['a key that nobody enabled', ['x-api-key', `unsaid-${gold}`]],
    ['a key in no plan', ['x-api-key', `outside-${gold}`]],
    ['a key in a plan of another stage', ['x-api-key', `elsewhere-${gold}`]],
    ['a key in the query', [], '/?x-api-key=gold-gold-gold-gold-gold'],
    ['two keys', ['x-api-key', gold, 'X-API-Key', gold]],
  ])('refuses %s: 403', async (_, headers, path = '/') => {
    const world = await restWorld(shape);
    const answer = await world.ask(path, { headers });
    expect([answer.status, answer.json, answer.headers['x-amzn-errortype']]).toEqual([
      ...[403, { message: 'Forbidden' }, 'ForbiddenException'],
    ]);
    expect(world.invoked).toEqual([]);
  });

  test('lets a key of the stage’s plan through, and shows it and its id to the integration', async () => {
    const world = await restWorld(shape);
    expect((await world.ask('/', keyed(gold))).json).toMatchObject({
      requestContext: {
        identity: { apiKey: gold, apiKeyId: expect.stringMatching(/^k\w{9}$/), clientCert: null },
      },
    });
    expect((await world.ask('/dev', keyed(`elsewhere-${gold}`))).status).toBe(200);
  });

  test('says nothing of keys to others: without the requirement nobody looks at the header', async () => {
    const world = await restWorld(shape);
    for (const value of [gold, 'nonsense']) {
      const { status, json } = await world.ask('/open', keyed(value));
      const { identity } = (json as { requestContext: { identity: object } }).requestContext;
      expect([status, identity]).toMatchObject([200, { apiKey: null }]);
      expect(identity).not.toHaveProperty('apiKeyId');
    }
  });

  test('takes what the template makes of INVALID_API_KEY, with the authorizer’s context', async () => {
    const world = await restWorld({
      methods: { 'GET /': { ...metered, authorizer: 'Authorizer' } },
      resources: {
        ...plan(),
        Response: {
          Type: 'AWS::ApiGateway::GatewayResponse',
          Properties: {
            ...{ RestApiId: ref('Api'), ResponseType: 'INVALID_API_KEY', StatusCode: '402' },
            ResponseTemplates: { 'application/json': '{"who":"$context.authorizer.who"}' },
          },
        },
      },
    });
    const headers = policy([statement('Allow', 'ARN')], { context: { who: 'me' } });
    const answer = await world.ask('/', { headers });
    expect([answer.status, answer.json]).toEqual([402, { who: 'me' }]);
  });
});

describe('the source of an API key', () => {
  const withAuthorizer = (source: string | undefined, ttl = 0) =>
    restWorld({
      methods: { 'GET /': { ...metered, authorizer: 'Authorizer' } },
      authorizers: { Authorizer: { AuthorizerResultTtlInSeconds: ttl } },
      api: source === undefined ? {} : { ApiKeySourceType: source },
      resources: plan({ Quota: { Limit: 2, Period: 'DAY' } }),
    });
  const allow = (rest: object) => policy([statement('Allow', '*')], rest);
  const inHeader = ['x-api-key', gold];

  test.each([undefined, 'HEADER'])(
    '%s: the header, whatever the authorizer says',
    async (source) => {
      const world = await withAuthorizer(source);
      const ask = (headers: readonly string[]) => world.ask('/', { headers });
      expect((await ask(allow({ usageIdentifierKey: gold }))).status).toBe(403);
      const { json } = await ask([...allow({ usageIdentifierKey: lead }), ...inHeader]);
      expect(json).toMatchObject({ requestContext: { identity: { apiKey: gold } } });
    },
  );

  test('AUTHORIZER: usageIdentifierKey, whatever the client sends', async () => {
    const world = await withAuthorizer('AUTHORIZER');
    const ask = (headers: readonly string[]) => world.ask('/', { headers });
    expect((await ask([...allow({}), ...inHeader])).status).toBe(403);
    expect((await ask([...allow({ usageIdentifierKey: '' }), ...inHeader])).status).toBe(403);
    expect((await ask([...allow({ usageIdentifierKey: 'none' }), ...inHeader])).status).toBe(403);
    const { json } = await ask([...allow({ usageIdentifierKey: lead }), ...inHeader]);
    expect(json).toMatchObject({ requestContext: { identity: { apiKey: lead } } });
  });

  test('AUTHORIZER on a method without one: nobody has a key', async () => {
    const world = await restWorld({
      methods: { 'GET /': metered },
      api: { ApiKeySourceType: 'AUTHORIZER' },
      resources: plan(),
    });
    expect(await statuses(world, 1)).toEqual([403]);
  });

  test('AUTHORIZER: the key is cached with the answer, and metered on every request', async () => {
    const world = await withAuthorizer('AUTHORIZER', 300);
    const headers = allow({ usageIdentifierKey: gold });
    expect(await statuses(world, 3, { headers: [...headers] })).toEqual([200, 200, 429]);
    expect(asked(world)).toBe(1);
  });

  test.each([[5], [true], [null], [{}], [[gold]]])(
    'AUTHORIZER: a usageIdentifierKey that is no text is 500: %j',
    async (usageIdentifierKey) => {
      const world = await withAuthorizer('AUTHORIZER');
      const answer = await world.ask('/', { headers: allow({ usageIdentifierKey }) });
      expect(answer.status).toBe(500);
      expect(world.logged.join()).toContain('usageIdentifierKey');
      expect(world.invoked).toEqual(['Auth']);
    },
  );

  test('the authorizer is asked first: what it refuses is 401 or 403 and uses nothing up', async () => {
    const world = await withAuthorizer('HEADER');
    const ask = async (headers: readonly string[]) =>
      (await world.ask('/', { headers: [...headers, ...inHeader] })).status;
    expect(await ask([])).toBe(401);
    expect(await ask(told({ throws: 'Unauthorized' }))).toBe(401);
    for (let index = 0; index < 3; index += 1) {
      expect(await ask(policy([statement('Deny', '*')]))).toBe(403);
    }
    // Both refuse: the authorizer's word is the one that is heard.
    const both = await world.ask('/', { headers: policy([statement('Deny', '*')]) });
    expect(both.headers['x-amzn-errortype']).toBe('AccessDeniedException');
    expect([await ask(allow({})), await ask(allow({})), await ask(allow({}))]).toEqual([
      ...[200, 200, 429],
    ]);
  });
});

describe('the throttle of a usage plan', () => {
  const Throttle = { RateLimit: 2, BurstLimit: 3 };

  test('lets a burst through, then 429 until the rate has made room', async () => {
    const world = await restWorld({
      methods: { 'GET /': metered },
      resources: plan({ Throttle }),
    });
    expect(await statuses(world, 4)).toEqual([200, 200, 200, 429]);
    const answer = await world.ask('/', keyed(gold));
    expect([answer.json, answer.headers['x-amzn-errortype']]).toEqual([
      ...[{ message: 'Too Many Requests' }, 'TooManyRequestsException'],
    ]);
    world.clock = 499;
    expect(await statuses(world, 1)).toEqual([429]);
    world.clock = 500;
    expect(await statuses(world, 2)).toEqual([200, 429]);
    world.clock = 60_000;
    expect(await statuses(world, 4)).toEqual([200, 200, 200, 429]);
  });

  test('counts each key on its own', async () => {
    const world = await restWorld({
      methods: { 'GET /': metered },
      resources: plan({ Throttle: { RateLimit: 1, BurstLimit: 1 } }),
    });
    expect(await statuses(world, 2)).toEqual([200, 429]);
    expect(await statuses(world, 2, keyed(lead))).toEqual([200, 429]);
  });

  test('of one method holds beside that of the plan, and what it refuses costs the plan nothing', async () => {
    const slow = { RateLimit: 1, BurstLimit: 1 };
    const world = await restWorld({
      methods: { 'GET /': metered, 'ANY /orders/{id}': metered, 'GET /free': metered },
      resources: plan({
        Throttle: { RateLimit: 1, BurstLimit: 4 },
        ApiStages: [
          {
            ...{ ApiId: ref('Api'), Stage: 'prod' },
            Throttle: { '//GET': slow, '/orders/{id}/ANY': slow },
          },
        ],
      }),
    });
    expect(await statuses(world, 3)).toEqual([200, 429, 429]);
    // One bucket for the method, not for each path that it matches.
    expect(await statuses(world, 1, keyed(gold), '/orders/1')).toEqual([200]);
    expect(await statuses(world, 1, keyed(gold), '/orders/2')).toEqual([429]);
    expect(await statuses(world, 3, keyed(gold), '/free')).toEqual([200, 200, 429]);
  });

  test('with a burst of 0 lets nobody through', async () => {
    const world = await restWorld({
      methods: { 'GET /': metered },
      resources: plan({ Throttle: { RateLimit: 5, BurstLimit: 0 } }),
    });
    world.clock = 10_000;
    expect(await statuses(world, 1)).toEqual([429]);
  });

  test('never lets more through than burst and rate allow, whatever the times', () => {
    const gaps = fc.array(fc.integer({ min: -2_000, max: 2_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9 }), gaps, (...of) => {
        const [burst, ratePerSecond, times] = of;
        let now = 0;
        let forwards = 0;
        let taken = 0;
        const bucket = tokenBucket({ burst, ratePerSecond }, () => now);
        for (const gap of times) {
          now += gap;
          forwards += Math.max(0, gap);
          if (bucket.hasToken()) {
            bucket.take();
            taken += 1;
          }
          expect(taken).toBeLessThanOrEqual(burst + (forwards * ratePerSecond) / 1_000 + 1e-6);
        }
      }),
    );
  });
});

describe('the quota of a usage plan', () => {
  const day = 86_400_000;

  test('used up is 429 until the next period', async () => {
    const world = await restWorld({
      methods: { 'GET /': metered },
      resources: plan({ Quota: { Limit: 2, Period: 'DAY' } }),
    });
    world.clock = day - 1;
    expect(await statuses(world, 2)).toEqual([200, 200]);
    const answer = await world.ask('/', keyed(gold));
    expect([answer.status, answer.json, answer.headers['x-amzn-errortype']]).toEqual([
      ...[429, { message: 'Limit Exceeded' }, 'LimitExceededException'],
    ]);
    expect(await statuses(world, 1, keyed(lead))).toEqual([200]);
    world.clock = day;
    expect(await statuses(world, 3)).toEqual([200, 200, 429]);
  });

  test('is not used up by what the throttle refused', async () => {
    const world = await restWorld({
      methods: { 'GET /': metered },
      resources: plan({
        ...{ Quota: { Limit: 2, Period: 'DAY' }, Throttle: { RateLimit: 1, BurstLimit: 1 } },
      }),
    });
    const kind = async () => (await world.ask('/', keyed(gold))).headers['x-amzn-errortype'];
    expect(await statuses(world, 3)).toEqual([200, 429, 429]);
    world.clock = 1_000;
    expect(await statuses(world, 1)).toEqual([200]);
    expect(await kind()).toBe('TooManyRequestsException');
    world.clock = 2_000;
    expect(await kind()).toBe('LimitExceededException');
  });

  test('counts all stages and all APIs of the plan together', async () => {
    const world = await restWorld({
      methods: { 'GET /': metered },
      stages: ['prod', 'dev'],
      resources: {
        ...restApiResources('Other', { 'GET /': metered }),
        ...plan({
          Quota: { Limit: 3, Period: 'MONTH' },
          ApiStages: [
            { ApiId: ref('Api'), Stage: 'prod' },
            { ApiId: ref('Api'), Stage: 'dev' },
            { ApiId: ref('Other'), Stage: 'prod' },
          ],
        }),
      },
    });
    const [api, other] = world.urls;
    const status = async (path: string, url: string | undefined) =>
      (await world.ask(path, keyed(gold), url)).status;
    expect(await status('/prod', api)).toBe(200);
    expect(await status('/dev', api)).toBe(200);
    expect(await status('/', other)).toBe(200);
    expect([await status('/prod', api), await status('/', other)]).toEqual([429, 429]);
  });

  test.each([
    ['DAY', 0, '2026-03-04T23:59:59.999Z', '2026-03-04'],
    // A Wednesday.
    ['WEEK', 0, '2026-03-04T12:00:00Z', '2026-03-01'],
    ['WEEK', 1, '2026-03-04T12:00:00Z', '2026-03-02'],
    ['WEEK', 3, '2026-03-04T00:00:00Z', '2026-03-04'],
    ['WEEK', 4, '2026-03-04T12:00:00Z', '2026-02-26'],
    ['MONTH', 0, '2026-03-31T23:59:59Z', '2026-03-01'],
    ['MONTH', 14, '2026-03-15T00:00:00Z', '2026-03-15'],
    ['MONTH', 14, '2026-03-14T23:59:59Z', '2026-02-15'],
    ['MONTH', 27, '2026-01-01T00:00:00Z', '2025-12-28'],
  ] as const)('begins its period of a %s with offset %i before %s on %s', (...of) => {
    const [period, offsetDays, now, start] = of;
    expect(quotaPeriodStart({ period, offsetDays }, Date.parse(now))).toBe(Date.parse(start));
  });

  test('has one period for each moment, begun before it and no longer than it may be', () => {
    const moment = fc.integer({ min: -5e12, max: 5e12 });
    const kind = fc.constantFrom(
      { period: 'DAY', offsetDays: 0, daysMax: 1 } as const,
      { period: 'WEEK', offsetDays: 5, daysMax: 7 } as const,
      { period: 'MONTH', offsetDays: 27, daysMax: 31 } as const,
    );
    fc.assert(
      fc.property(moment, kind, (now, { daysMax, ...quota }) => {
        const start = quotaPeriodStart(quota, now);
        expect(start).toBeLessThanOrEqual(now);
        expect(now - start).toBeLessThan(daysMax * day);
        expect(quotaPeriodStart(quota, start)).toBe(start);
        expect(quotaPeriodStart(quota, start - 1)).toBeLessThan(start);
      }),
    );
  });
});

describe('keys and plans of a template', () => {
  const spec = (resources: Readonly<Record<string, object>>) =>
    worldSpec(loadAssembly(restAssembly({ methods: { 'GET /orders': metered }, resources })), {
      apiUrl: () => undefined,
      secretArn: (name) => name,
    });

  test('a value that is not given is drawn, long and never twice', () => {
    const open = () => ({ ...plan(), Gold: apiKey({}), Lead: apiKey({}) });
    const values = [spec(open()), spec(open())].flatMap(({ usagePlans }) =>
      usagePlans.flatMap(({ keys }) => keys.map(({ value }) => value)),
    );
    expect(new Set(values).size).toBe(4);
    for (const value of values) expect(value).toMatch(/^[0-9a-f]{40}$/);
  });

  test('a drawn value is told by the host, and holds for the whole run', async () => {
    const Integration = {
      ...{ Type: 'MOCK', RequestTemplates: { 'application/json': '{ statusCode: 200 }' } },
      IntegrationResponses: [{ StatusCode: '200' }],
    };
    const directory = restAssembly({
      methods: { 'GET /': { ...metered, Integration } },
      resources: { ...plan({ Quota: { Limit: 2, Period: 'MONTH' } }), Gold: apiKey({}) },
    });
    const world = await host(directory, { basePort: 0 });
    onTestFinished(() => world.stop());
    expect([...world.apiKeys.keys()]).toEqual(['Gold', 'Lead']);
    const ask = async (key: string | undefined) =>
      (
        await fetch(`${world.urls.restApi}/`, {
          headers: key === undefined ? {} : { 'x-api-key': key },
        })
      ).status;
    const drawn = world.apiKeys.get('Gold');
    expect([await ask(undefined), await ask(drawn), await ask(drawn), await ask(drawn)]).toEqual([
      ...[403, 200, 200, 429],
    ]);
  });

  test.each<[string, Readonly<Record<string, object>>, string]>([
    ['a key that is too short', { Gold: apiKey({ Value: 'short' }) }, 'Main/Gold: Value'],
    ['a key twice', { Lead: apiKey({ Value: gold }) }, 'Main/Lead: another API key'],
    [
      'a key of another kind',
      { GoldInPlan: { ...planKey('Gold', 'Plan'), Properties: { KeyType: 'TOKEN' } } },
      'Main/GoldInPlan: KeyType "TOKEN"',
    ],
    ['a key that is none', { GoldInPlan: planKey('Plan', 'Plan') }, 'Main/GoldInPlan: KeyId'],
    ['a plan that is none', { GoldInPlan: planKey('Gold', 'Lead') }, 'GoldInPlan: UsagePlanId'],
    [
      'a key in two plans of one stage',
      { Second: usagePlan(), GoldInSecond: planKey('Gold', 'Second') },
      'the key is in two usage plans of one stage',
    ],
    [
      'an API that is not hosted',
      { Plan: usagePlan({ ApiStages: [{ ApiId: 'other', Stage: 'prod' }] }) },
      'Main/Plan.ApiStages: ApiId',
    ],
    [
      'a stage that the API has not',
      { Plan: usagePlan({ ApiStages: [{ ApiId: ref('Api'), Stage: 'test' }] }) },
      'Api has no stage test',
    ],
    [
      'a throttle of a method that the API has not',
      {
        Plan: usagePlan({
          ApiStages: [
            {
              ...{ ApiId: ref('Api'), Stage: 'prod' },
              Throttle: { '/orders/POST': { RateLimit: 1, BurstLimit: 1 } },
            },
          ],
        }),
      },
      '/orders/POST is not hosted',
    ],
    ['a rate without a burst', { Plan: usagePlan({ Throttle: { RateLimit: 1 } }) }, 'BurstLimit'],
    [
      'a period that is not known',
      { Plan: usagePlan({ Quota: { Limit: 1, Period: 'HOUR' } }) },
      'the period HOUR',
    ],
    ['a quota without a limit', { Plan: usagePlan({ Quota: { Period: 'DAY' } }) }, 'Limit'],
    [
      'an offset within a day',
      { Plan: usagePlan({ Quota: { Limit: 1, Period: 'DAY', Offset: 1 } }) },
      'Offset must be 0 to 0 in a DAY',
    ],
    [
      'an offset of a whole week',
      { Plan: usagePlan({ Quota: { Limit: 1, Period: 'WEEK', Offset: 7 } }) },
      'Offset must be 0 to 6 in a WEEK',
    ],
    [
      'a member of a quota that is not known',
      { Plan: usagePlan({ Quota: { Limit: 1, Period: 'DAY', Burst: 1 } }) },
      'Main/Plan.Quota: Burst is not hosted',
    ],
  ])('%s stops the start', (_, resources, sentence) => {
    expect(() => spec({ ...plan(), ...resources })).toThrow(sentence);
  });

  test('no refusal says the value of a key', () => {
    expect(() => spec({ ...plan(), Gold: apiKey({ Value: 'hush' }) })).toThrow(/^((?!hush).)*$/);
  });

  test('another source of API keys stops the start', () => {
    const directory = restAssembly({ methods: {}, api: { ApiKeySourceType: 'COOKIE' } });
    const options = { apiUrl: () => undefined, secretArn: (name: string) => name };
    expect(() => worldSpec(loadAssembly(directory), options)).toThrow('ApiKeySourceType "COOKIE"');
  });
});
