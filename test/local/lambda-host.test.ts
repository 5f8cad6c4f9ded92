import { spawn } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type {
  FunctionSpec,
  InvocationResult,
  InvokePermission,
  Invoker,
} from '../../local/contracts.ts';
import { accessKeys } from '../../local/iam/access-keys.ts';
import {
  type FunctionHostOptions,
  functionHost,
  type LambdaHost,
} from '../../local/lambda/function-host.ts';
import { accountId, functionOf, isAlive, region, removeCode } from './support/functions.ts';

const signed: Invoker = { service: null };

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function hostOf(
  functions: readonly FunctionSpec[],
  more: Partial<FunctionHostOptions> = {},
): { readonly host: LambdaHost; readonly lines: [line: string, logicalId: string][] } {
  const lines: [string, string][] = [];
  const host = functionHost({
    functions,
    permissions: [],
    endpointUrl: 'http://127.0.0.1:9',
    region,
    accessKeyFor: accessKeys(),
    log: (line, logicalId) => lines.push([line, logicalId]),
    ...more,
  });
  cleanUps.push(async () => {
    await host.stop();
    removeCode(functions);
  });
  return { host, lines };
}

/** Runs one function once for each payload, one after the other. */
async function callEach(
  code: string,
  payloads: readonly unknown[],
  more: Partial<FunctionSpec> = {},
): Promise<{ readonly results: InvocationResult[]; readonly lines: [string, string][] }> {
  const { host, lines } = hostOf([functionOf('orders', code, more)]);
  const results: InvocationResult[] = [];
  for (const payload of payloads) {
    results.push(await host.invoke('orders', JSON.stringify(payload), signed));
  }
  return { results, lines };
}

function answerOf(result: InvocationResult | undefined): unknown {
  if (result?.kind !== 'answer') throw new Error(`no answer: ${JSON.stringify(result)}`);
  return JSON.parse(result.payload);
}

describe('an invocation', () => {
  test('hands event and context to the handler and answers its JSON', async () => {
    const code = `export const handler = async (event, context) => ({
      event, ...context, remaining: context.getRemainingTimeInMillis(),
    });`;
    const { results } = await callEach(code, [{ a: 'ü' }], { timeoutSeconds: 7, memoryMiB: 192 });
    const answer = answerOf(results[0]) as Record<string, unknown>;
    expect(answer).toMatchObject({
      event: { a: 'ü' },
      functionName: 'orders',
      functionVersion: '$LATEST',
      memoryLimitInMB: '192',
      invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:orders`,
      logGroupName: '/aws/lambda/orders',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(answer.remaining).toBeGreaterThan(0);
    expect(answer.remaining).toBeLessThanOrEqual(7000);
  });

  test('shows the handler the qualifier that the caller used', async () => {
    const code = 'export const handler = async (event, context) => context.invokedFunctionArn;';
    const spec = functionOf('orders', code);
    const { host } = hostOf([spec]);
    for (const name of [`${spec.arn}:live`, 'orders:live', `${accountId}:function:orders:live`]) {
      expect(answerOf(await host.invoke(name, '{}', signed))).toBe(`${spec.arn}:live`);
    }
  });

  test('sees the variables of the template and of Lambda, and nothing of ours but PATH', async () => {
    vi.stubEnv('AWS_PROFILE', 'production');
    cleanUps.push(() => {
      vi.unstubAllEnvs();
    });
    const code = 'export const handler = async () => process.env;';
    const { results } = await callEach(code, [{}], {
      environment: { TABLE: 'orders', AWS_REGION: 'forged', AWS_ENDPOINT_URL: 'https://forged' },
    });
    const environment = answerOf(results[0]) as Record<string, string>;
    expect(environment).toEqual({
      TABLE: 'orders',
      PATH: process.env.PATH,
      TZ: ':UTC',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_LAMBDA_FUNCTION_NAME: 'orders',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: expect.any(String),
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_SECRET_ACCESS_KEY: expect.any(String),
      AWS_SESSION_TOKEN: expect.any(String),
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  test('answers null for a handler that returns nothing', async () => {
    const { results } = await callEach('export const handler = async () => {};', [{}]);
    expect(answerOf(results[0])).toBeNull();
  });

  test('loads no Fetch stack on behalf of the runtime', async () => {
    const code = `export const handler = async () =>
      process.moduleLoadList.filter((name) => name.includes('undici'));`;
    const { results } = await callEach(code, [{}]);
    expect(answerOf(results[0])).toEqual([]);
  });

  test('hands output to the log line by line, under the logical id', async () => {
    const code = `export const handler = async () => {
      process.stdout.write('fir');
      process.stdout.write('st\\nsecond\\n');
      console.error('third');
    };`;
    const { lines } = await callEach(code, [{}]);
    await vi.waitFor(() => expect(lines).toHaveLength(3));
    expect(lines.map(([line]) => line).sort()).toEqual(['first', 'second', 'third']);
    expect(new Set(lines.map(([, logicalId]) => logicalId))).toEqual(new Set(['ordersLogical']));
  });
});

describe('environments', () => {
  /** Code that returns when two environments are in it at the same time. */
  const meeting = `
    import { readdirSync, writeFileSync } from 'node:fs';
    const present = () => readdirSync('.').filter((name) => name.startsWith('here-')).length;
    const meet = async () => {
      writeFileSync('here-' + process.pid, '');
      while (present() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    };`;
  const pidAndCount =
    'let count = 0; export const handler = async () => ({ pid: process.pid, count: ++count });';

  test('are kept and used again, and a call that follows another starts none', async () => {
    const keyOf = accessKeys();
    let started = 0;
    const { host } = hostOf([functionOf('orders', pidAndCount)], {
      // Each environment asks for its key once.
      accessKeyFor: (spec) => {
        started += 1;
        return keyOf(spec);
      },
    });
    const answers: { pid: number; count: number }[] = [];
    for (let call = 0; call < 10; call += 1) {
      answers.push(answerOf(await host.invoke('orders', '{}', signed)) as (typeof answers)[0]);
    }
    expect(started).toBe(1);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    expect(answers.map(({ count }) => count)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('are as many as there are concurrent invocations, up to the cap; the rest wait', async () => {
    const code = `let busy = false;
      ${meeting}
      export const handler = async (event) => {
        if (busy) throw new Error('two at once');
        busy = true;
        if (event.meet) await meet();
        await new Promise((resolve) => setTimeout(resolve, 5));
        busy = false;
        return process.pid;
      };`;
    const { host } = hostOf([functionOf('orders', code)], { environmentsMax: 2 });
    const calls = Array.from({ length: 12 }, (_, index) =>
      host.invoke('orders', JSON.stringify({ meet: index < 2 }), signed),
    );
    const pids = (await Promise.all(calls)).map(answerOf);
    expect(new Set(pids).size).toBe(2);
  });

  test('take turns, so that every one of them is asked', async () => {
    const code = `${meeting}
      export const handler = async (event) => {
        if (event.meet) await meet();
        return process.pid;
      };`;
    const { host } = hostOf([functionOf('orders', code)]);
    const first = await Promise.all([
      host.invoke('orders', '{"meet":true}', signed),
      host.invoke('orders', '{"meet":true}', signed),
    ]);
    const seen = new Set<unknown>();
    for (let call = 0; call < 4; call += 1) {
      seen.add(answerOf(await host.invoke('orders', '{}', signed)));
    }
    expect(new Set(first.map(answerOf)).size).toBe(2);
    expect(seen).toEqual(new Set(first.map(answerOf)));
  });

  test('are gone when the host has stopped, also in the middle of an invocation', async () => {
    const code = `export const handler = async (event) => {
      console.log(process.pid);
      if (event.hang) await new Promise(() => setInterval(() => {}, 1000));
    };`;
    const { host, lines } = hostOf([functionOf('orders', code)]);
    await host.invoke('orders', '{}', signed);
    const hanging = host.invoke('orders', '{"hang":true}', signed);
    const starting = host.invoke('orders', '{}', signed);
    await vi.waitFor(() => expect(lines.length).toBeGreaterThanOrEqual(2));
    await host.stop();
    for (const [pid] of lines) expect(isAlive(Number(pid))).toBe(false);
    expect(await hanging).toMatchObject({ kind: 'function-error', errorType: 'Runtime.ExitError' });
    await starting;
    await expect(host.invoke('orders', '{}', signed)).rejects.toThrow(/stopped/);
  });

  test('end by themselves when the runner is killed, idle or busy', async () => {
    const code = `export const handler = async (event) => {
      console.log(process.pid);
      if (event.hang) await new Promise(() => setInterval(() => {}, 1000));
    };`;
    const spec = functionOf('orders', code);
    cleanUps.push(() => removeCode([spec]));
    const program = `
      import { functionHost } from ${JSON.stringify(new URL('../../local/lambda/function-host.ts', import.meta.url).href)};
      const host = functionHost({
        functions: [${JSON.stringify(spec)}], permissions: [], endpointUrl: 'http://127.0.0.1:9',
        region: 'eu-central-1', accessKeyFor: () => ({ accessKeyId: 'A', secretAccessKey: 'B' }),
        log: (line) => process.stdout.write(line + '\\n'),
      });
      void host.invoke('orders', '{"hang":true}', { service: null });
      void host.invoke('orders', '{}', { service: null });
    `;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((resolve) => runner.once('exit', resolve));
    let output = '';
    runner.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const pids = (): number[] => output.split('\n').filter(Boolean).map(Number);
    await vi.waitFor(() => expect(pids()).toHaveLength(2), 10_000);
    expect(pids().every(isAlive)).toBe(true);
    runner.kill('SIGKILL');
    await gone;
    await vi.waitFor(() => expect(pids().some(isAlive)).toBe(false), 10_000);
  });
});

describe('a function error', () => {
  test('carries type, message and trace of what was thrown, and keeps the environment', async () => {
    const code = `let count = 0; export const handler = async () => {
      count += 1;
      if (count === 1) throw new RangeError('too far');
      if (count === 2) throw 'Unauthorized';
      return count;
    };`;
    const { results } = await callEach(code, [{}, {}, {}]);
    expect(results[0]).toMatchObject({
      kind: 'function-error',
      errorType: 'RangeError',
      errorMessage: 'too far',
    });
    const payload = JSON.parse((results[0] as { payload: string }).payload);
    expect(payload).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
    expect(payload.trace[0]).toBe('RangeError: too far');
    expect(payload.trace.length).toBeGreaterThan(1);
    expect(results[1]).toMatchObject({ errorType: 'string', errorMessage: 'Unauthorized' });
    expect(answerOf(results[2])).toBe(3);
  });

  test('says that the task timed out, and the next call is cold', async () => {
    const code = `let count = 0; export const handler = async (event) => {
      count += 1;
      if (event.hang) await new Promise(() => setInterval(() => {}, 1000));
      if (event.block) for (;;);
      return count;
    };`;
    const { results } = await callEach(code, [{}, { hang: true }, {}, { block: true }, {}], {
      timeoutSeconds: 0.5,
    });
    expect(answerOf(results[0])).toBe(1);
    for (const at of [1, 3]) {
      expect(results[at]).toMatchObject({
        kind: 'function-error',
        errorMessage: expect.stringContaining('Task timed out after 0.50 seconds'),
      });
    }
    expect(answerOf(results[2])).toBe(1);
    expect(answerOf(results[4])).toBe(1);
  });

  test.each([
    ['process.exit(3)', 'Runtime.ExitError', 'exit status 3'],
    ['process.exit(0)', 'Runtime.ExitError', 'without providing a reason'],
    ["process.kill(process.pid, 'SIGKILL')", 'Runtime.ExitError', 'signal: SIGKILL'],
    ["setTimeout(() => { throw new TypeError('late'); })", 'TypeError', 'late'],
    ["Promise.reject(new Error('lost'))", 'Runtime.UnhandledPromiseRejection', 'lost'],
    ['undefined', 'Runtime.NodeJsExit', 'not settled'],
  ])('says how the process ended on %s, and the next call is cold', async (code, type, text) => {
    const { results } = await callEach(
      `let count = 0; export const handler = async (event) => {
        count += 1;
        if (event.last) { ${code}; await new Promise(() => {}); }
        return count;
      };`,
      [{}, { last: true }, {}],
    );
    expect(results[1]).toMatchObject({
      kind: 'function-error',
      errorType: type,
      errorMessage: expect.stringContaining(text),
    });
    expect(answerOf(results[2])).toBe(1);
  });

  test.each([
    ["throw new Error('no TABLE')", 'Error', 'no TABLE'],
    ['process.exit(2)', 'Runtime.ExitError', 'exit status 2'],
    ["import './missing.mjs'", 'Runtime.ImportModuleError', 'missing.mjs'],
    ['export const other = 1', 'Runtime.HandlerNotFound', 'index.handler'],
    ['export const handler = (', 'Runtime.UserCodeSyntaxError', ''],
    [
      'export const handler = (event, context, callback) => callback(null, 1)',
      'Runtime.CallbackHandlerDeprecated',
      'callback',
    ],
  ])('of the start is told to the call that caused it: %s', async (code, type, text) => {
    const { results } = await callEach(code, [{}, {}]);
    for (const result of results) {
      expect(result).toMatchObject({
        kind: 'function-error',
        errorType: type,
        errorMessage: expect.stringContaining(text),
      });
    }
  });

  test('ends a start that takes too long', async () => {
    const spec = functionOf('orders', 'setInterval(() => {}, 1000); await new Promise(() => {});');
    const { host } = hostOf([spec], { initSeconds: 0.5 });
    expect(await host.invoke('orders', '{}', signed)).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Init timed out after 0.50 seconds'),
    });
  });

  test('answers payloads beyond 6 MB, either way, and keeps working', async () => {
    const code = "export const handler = async ({ length }) => 'a'.repeat(length);";
    const { host } = hostOf([functionOf('orders', code)]);
    const most = 6 * 1024 * 1024 + 100 - 2;
    const call = (length: number) => host.invoke('orders', JSON.stringify({ length }), signed);
    expect(answerOf(await call(most))).toHaveLength(most);
    expect(await call(most + 1)).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
    const padded = JSON.stringify({ length: 1, padding: 'a'.repeat(6 * 1024 * 1024) });
    expect(await host.invoke('orders', padded, signed)).toMatchObject({
      errorType: 'RequestEntityTooLargeException',
    });
    expect(answerOf(await call(3))).toBe('aaa');
  });
});

describe('a resource policy', () => {
  const api = `arn:aws:execute-api:${region}:${accountId}:abc123`;
  const permission: InvokePermission = {
    functionName: `arn:aws:lambda:${region}:${accountId}:function:orders`,
    action: 'lambda:InvokeFunction',
    principal: 'apigateway.amazonaws.com',
    sourceArn: `${api}/*/*/orders`,
    sourceAccount: accountId,
  };
  const right: Invoker = {
    service: 'apigateway.amazonaws.com',
    sourceArn: `${api}/$default/GET/orders`,
    sourceAccount: accountId,
  };

  async function invokeAs(
    invoker: Invoker,
    permissions: InvokePermission[],
    name = 'orders',
  ): Promise<InvocationResult> {
    const spec = functionOf('orders', 'export const handler = async () => 1;');
    const { host } = hostOf([spec], { permissions });
    return host.invoke(name, '{}', invoker);
  }

  test('lets the service in for the resource it names', async () => {
    expect(await invokeAs(right, [permission])).toEqual({ kind: 'answer', payload: '1' });
  });

  test.each<[string, Partial<InvokePermission>]>([
    ['another resource', { sourceArn: `${api}/*/*/transfers` }],
    ['another account', { sourceAccount: '111111111111' }],
    ['another service', { principal: 'secretsmanager.amazonaws.com' }],
    ['another action', { action: 'lambda:InvokeFunctionUrl' }],
    ['another function', { functionName: 'transfers' }],
    ['a version of the function only', { functionName: 'orders:1' }],
  ])('keeps the service out when it speaks of %s', async (_what, more) => {
    const result = await invokeAs(right, [{ ...permission, ...more }]);
    expect(result).toEqual({ kind: 'refused', reason: 'no-permission' });
  });

  test('speaks for the function or for a version, never for both', async () => {
    const result = await invokeAs(right, [permission], 'orders:live');
    expect(result).toEqual({ kind: 'refused', reason: 'no-permission' });
  });

  test('does not concern callers who signed, and nobody finds what is not there', async () => {
    expect(await invokeAs(signed, [])).toEqual({ kind: 'answer', payload: '1' });
    const elsewhere = `arn:aws:lambda:${region}:111111111111:function:orders`;
    expect(await invokeAs(signed, [], elsewhere)).toEqual({
      kind: 'refused',
      reason: 'no-function',
    });
    expect(await invokeAs(signed, [], 'nobody')).toEqual({
      kind: 'refused',
      reason: 'no-function',
    });
  });
});
