import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InvocationResult, InvokePermission } from '../../local/contracts.ts';
import { type RuleSchedules, ruleSchedules } from '../../local/event-bridge/rule-schedules.ts';
import { functionHost } from '../../local/lambda/function-host.ts';
import { loadAssembly } from '../../local/template/assembly.ts';
import { type WorldSpec, worldSpec } from '../../local/template/world.ts';
import { lambdaFunction, writeAssembly } from '../support/assembly.ts';

const region = 'us-east-1';
const accountId = '000000000000';
const functionArn = `arn:aws:lambda:${region}:${accountId}:function:Main-Work`;
const target = { Arn: { 'Fn::GetAtt': ['Work', 'Arn'] }, Id: 'Target0' };

/** A rule and its permission, as CDK renders them. */
function rule(id: string, properties: object = {}): Readonly<Record<string, object>> {
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ...{ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED', Targets: [target] },
        ...properties,
      },
    },
    [`${id}AllowEventRule`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        ...{ Action: 'lambda:InvokeFunction', FunctionName: { 'Fn::GetAtt': ['Work', 'Arn'] } },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [id, 'Arn'] },
      },
    },
  };
}

/** What the template says. @param code of the function that the rules invoke */
function spec(
  resources: Readonly<Record<string, object>>,
  code = 'export const handler = async () => ({});',
): WorldSpec {
  const stack = { Resources: { ...lambdaFunction('Work', 'work'), ...resources } };
  return worldSpec(loadAssembly(writeAssembly({ Main: stack }, { work: code })), {
    apiUrl: () => undefined,
    secretArn: (name) => name,
  });
}

describe('a rule of the template', () => {
  test.each([
    ['rate(1 minute)', 60],
    ['rate(5 minutes)', 300],
    ['rate(1 hour)', 3_600],
    ['rate(12 hours)', 43_200],
    ['rate(1 day)', 86_400],
    ['rate(30 days)', 2_592_000],
  ])('has the period of %s, its targets and its ARN', (ScheduleExpression, periodSeconds) => {
    expect(spec(rule('Tick', { ScheduleExpression })).rules).toEqual([
      {
        ...{ logicalId: 'Tick', periodSeconds },
        arn: `arn:aws:events:${region}:${accountId}:rule/Main-Tick`,
        targets: [{ functionArn, input: undefined }],
      },
    ]);
  });

  test('is found under its own name, with its input, and with what concerns deliveries alone', () => {
    const Targets = [{ ...target, Input: '{"a":1}', RetryPolicy: { MaximumRetryAttempts: 1 } }];
    const properties = { Name: 'nightly', Description: 'at night', EventBusName: 'default' };
    expect(spec(rule('Tick', { ...properties, Targets })).rules).toMatchObject([
      {
        arn: `arn:aws:events:${region}:${accountId}:rule/nightly`,
        targets: [{ functionArn, input: '{"a":1}' }],
      },
    ]);
  });

  test('that is disabled never fires', () => {
    expect(spec(rule('Tick', { State: 'DISABLED' })).rules).toEqual([]);
  });

  test.each([
    ['a cron expression', { ScheduleExpression: 'cron(0 12 * * ? *)' }, 'cron(0 12 * * ? *)'],
    ['a plural for one', { ScheduleExpression: 'rate(1 minutes)' }, 'rate(1 minutes)'],
    ['a singular for many', { ScheduleExpression: 'rate(5 minute)' }, 'rate(5 minute)'],
    ['no time at all', { ScheduleExpression: 'rate(0 minutes)' }, 'rate(0 minutes)'],
    ['seconds', { ScheduleExpression: 'rate(30 seconds)' }, 'rate(30 seconds)'],
    ['no schedule', { ScheduleExpression: undefined }, 'ScheduleExpression'],
    ['an event pattern', { EventPattern: { source: ['aws.s3'] } }, 'event pattern'],
    ['a bus of its own', { EventBusName: 'mine' }, 'EventBusName "mine"'],
    ['an unknown state', { State: 'SOMETIMES' }, 'State "SOMETIMES"'],
    ['a role', { RoleArn: 'arn:aws:iam::1:role/x' }, 'RoleArn'],
    [
      'a target that is no function',
      { Targets: [{ ...target, Arn: 'arn:aws:sqs:us-east-1:1:q' }] },
      'arn:aws:sqs:us-east-1:1:q',
    ],
    [
      'an input that is made of the event',
      { Targets: [{ ...target, InputTransformer: { InputTemplate: '{}' } }] },
      'InputTransformer',
    ],
    ['an input that is no JSON', { Targets: [{ ...target, Input: '{' }] }, 'Input'],
  ])('stops the start when it has %s, by name', (_, properties, said) => {
    const start = () => spec(rule('Tick', properties));
    expect(start).toThrow(expect.objectContaining({ name: 'TemplateError' }));
    expect(start).toThrow(/^Main\/Tick\b/);
    expect(start).toThrow(said);
  });
});

describe('the schedule', () => {
  const startMilliseconds = Date.parse('2026-01-01T00:00:00.500Z');
  const calls: { readonly arguments: readonly unknown[]; readonly payload: string }[] = [];
  const logged: string[] = [];
  const answered = async (): Promise<InvocationResult> => ({ kind: 'answer', payload: '{}' });
  let work = answered;
  let schedules: RuleSchedules | undefined;

  beforeEach(() => {
    vi.useFakeTimers({ now: startMilliseconds });
    work = answered;
    calls.length = 0;
    logged.length = 0;
  });
  afterEach(() => {
    schedules?.stop();
    vi.useRealTimers();
  });

  function start({ rules }: WorldSpec): RuleSchedules {
    schedules = ruleSchedules({
      ...{ rules, region, accountId, log: (line: string) => logged.push(line) },
      functions: {
        invoke(name, payload, invoker) {
          calls.push({ arguments: [name, invoker], payload });
          return work();
        },
      },
    });
    return schedules;
  }

  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

  test('fires one period after the start, then once a period, each rule on its own rhythm', async () => {
    start(spec({ ...rule('Often'), ...rule('Seldom', { ScheduleExpression: 'rate(3 minutes)' }) }));
    await pass(59);
    expect(calls).toHaveLength(0);
    await pass(1);
    expect(calls).toHaveLength(1);
    await pass(60);
    expect(calls).toHaveLength(2);
    await pass(60);
    expect(calls).toHaveLength(4);
    await pass(3_600);
    expect(calls).toHaveLength(4 + 60 + 20);
  });

  test('waits for a month as well, longer than any timer', async () => {
    start(spec(rule('Monthly', { ScheduleExpression: 'rate(30 days)' })));
    vi.setSystemTime(startMilliseconds + (30 * 86_400 - 2) * 1_000);
    await pass(1);
    expect(calls).toHaveLength(0);
    await pass(1);
    expect(calls).toHaveLength(1);
  });

  test('does not make up for what a sleeping machine missed', async () => {
    start(spec(rule('Tick')));
    vi.setSystemTime(startMilliseconds + 3_600_000);
    await pass(59);
    expect(calls).toHaveLength(1);
  });

  test("invokes for the rule, with EventBridge's event, a new one each time", async () => {
    start(spec(rule('Tick')));
    await pass(120);
    const arn = `arn:aws:events:${region}:${accountId}:rule/Main-Tick`;
    const invoker = {
      ...{ service: 'events.amazonaws.com', sourceArn: arn, sourceAccount: accountId },
    };
    expect(calls.map((call) => call.arguments)).toEqual([
      [functionArn, invoker],
      [functionArn, invoker],
    ]);
    const events = calls.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
    expect(events[0]).toEqual({
      ...{ version: '0', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      ...{ 'detail-type': 'Scheduled Event', source: 'aws.events', account: accountId, region },
      ...{ time: '2026-01-01T00:01:00Z', resources: [arn], detail: {} },
    });
    expect(events[1]?.time).toBe('2026-01-01T00:02:00Z');
    expect(events[1]?.id).not.toBe(events[0]?.id);
  });

  test('gives each target its own input, where it has one', async () => {
    const Targets = [target, { ...target, Id: 'Target1', Input: '{"only":"this"}' }];
    await start(spec(rule('Tick', { Targets }))).fire();
    const [event, input] = calls.map(({ payload }) => JSON.parse(payload) as object);
    expect(event).toHaveProperty('detail-type', 'Scheduled Event');
    expect(input).toEqual({ only: 'this' });
  });

  test('goes on while an invocation has not ended, and after one that failed', async () => {
    start(spec(rule('Tick')));
    work = () => new Promise(() => {});
    await pass(60);
    work = () => Promise.reject(new Error('the function host is stopped'));
    await pass(60);
    const error = { errorType: 'Error', errorMessage: 'not today', payload: '{}' };
    work = async () => ({ kind: 'function-error', ...error });
    await pass(60);
    expect(calls).toHaveLength(3);
    expect(logged).toEqual([
      `the rule Tick for ${functionArn}: the function host is stopped`,
      `the rule Tick for ${functionArn}: Error: not today`,
    ]);
  });

  test('ends when it is stopped', async () => {
    start(spec(rule('Tick'))).stop();
    await pass(600);
    expect(calls).toHaveLength(0);
  });
});

test('a function that does not let the rule in is not invoked, and the log says so', async () => {
  const code = 'export const handler = async () => { throw new Error("not today"); };';
  const { functions, rules, permissions } = spec({ ...rule('May'), ...rule('MayNot') }, code);
  const isOfMay = ({ sourceArn }: InvokePermission) => sourceArn?.endsWith('/Main-May') === true;
  const host = functionHost({
    ...{ functions, permissions: permissions.filter(isOfMay), region },
    endpointUrl: 'http://127.0.0.1:9',
    accessKeyFor: () => ({ accessKeyId: 'key', secretAccessKey: 'secret' }),
    log: () => undefined,
  });
  const logged: string[] = [];
  const schedules = ruleSchedules({
    ...{ rules, region, accountId, functions: host, log: (line: string) => logged.push(line) },
  });
  await schedules.fire();
  schedules.stop();
  await host.stop();
  expect(logged.toSorted()).toEqual([
    `the rule May for ${functionArn}: Error: not today`,
    `the rule MayNot for ${functionArn}: no-permission`,
  ]);
});
