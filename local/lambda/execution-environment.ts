/**
 * One execution environment: a child process with our bootstrap, and the Runtime API that it talks to. It handles one
 * invocation at a time and lives until it is killed, fails, or exceeds the function's timeout.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { readBody } from '../aws/read-body.ts';
import type { FunctionSpec, InvocationResult } from '../contracts.ts';
import { functionError, type Invocation } from './invocation.ts';
import { splitLines } from './split-lines.ts';

/** Synchronous payloads end here, in both directions; an answer may be a little longer. */
export const requestBytesMax: number = 6 * 1024 * 1024;
const responseBytesMax = requestBytesMax + 100;

/** `returning`: the invocation is answered, but the runtime has not yet asked for the next one. */
type EnvironmentState = 'starting' | 'idle' | 'busy' | 'returning' | 'ended';

export interface ExecutionEnvironment {
  readonly state: EnvironmentState;
  /** Only while `idle`. */
  run(invocation: Invocation): void;
  /** Kills the process. The promise settles when it is gone. */
  kill(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly spec: FunctionSpec;
  readonly variables: Readonly<Record<string, string>>;
  readonly initSeconds: number;
  readonly output: (line: string) => void;
  /** The runtime asks for work. */
  readonly onIdle: (environment: ExecutionEnvironment) => void;
  /** The process is gone; `failure` says why when it never became ready. */
  readonly onEnd: (
    environment: ExecutionEnvironment,
    failure: InvocationResult | undefined,
  ) => void;
}

const bootstrap = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

export function startEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { spec } = options;
  let state: EnvironmentState = 'starting';
  let child: ChildProcess | undefined;
  let poll: ServerResponse | undefined;
  let invocation: Invocation | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Why the process is about to die, when we or the runtime know better than its exit status. */
  let reason: InvocationResult | undefined;
  let killed = false;
  const ended = Promise.withResolvers<void>();

  const server = createServer((request, response) => {
    void route(request, response);
  });
  // The long poll may wait for hours.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;

  const environment: ExecutionEnvironment = {
    get state() {
      return state;
    },
    run,
    kill() {
      killed = true;
      if (state !== 'ended') child?.kill('SIGKILL');
      return ended.promise;
    },
  };

  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    start(port);
  });
  return environment;

  function start(port: number): void {
    if (killed) {
      end('was stopped before it started');
      return;
    }
    // As on Lambda, a heap that outgrows the configured memory ends the process.
    child = spawn(process.execPath, [`--max-old-space-size=${spec.memoryMiB}`, bootstrap], {
      cwd: spec.codeDirectory,
      env: { ...options.variables, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    if (child.stdout !== null) splitLines(child.stdout, options.output);
    if (child.stderr !== null) splitLines(child.stderr, options.output);
    child.on('error', (error) => {
      reason ??= functionError('Runtime.ExitError', error.message);
      if (child?.pid === undefined) end('could not be started');
    });
    // The last lines of output come before `close`; a process that the function left behind may put it off for ever.
    child.on('close', (code, signal) => end(exitText(code, signal)));
    child.on('exit', (code, signal) => {
      setTimeout(() => end(exitText(code, signal)), 200).unref();
    });
    const seconds = options.initSeconds;
    timer = setTimeout(() => {
      expire(`Init timed out after ${seconds.toFixed(2)} seconds`, undefined);
    }, seconds * 1000);
  }

  function run(next: Invocation): void {
    if (state !== 'idle' || poll === undefined) throw new Error(`environment is ${state}`);
    state = 'busy';
    invocation = next;
    const response = poll;
    poll = undefined;
    const milliseconds = spec.timeoutSeconds * 1000;
    timer = setTimeout(() => {
      expire(`Task timed out after ${spec.timeoutSeconds.toFixed(2)} seconds`, next.requestId);
    }, milliseconds);
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': next.requestId,
      'lambda-runtime-deadline-ms': String(Date.now() + milliseconds),
      'lambda-runtime-invoked-function-arn': next.invokedArn,
      'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${next.requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`,
    });
    response.end(next.payload);
  }

  function expire(text: string, requestId: string | undefined): void {
    const message =
      requestId === undefined ? `Error: ${text}` : `RequestId: ${requestId} Error: ${text}`;
    reason ??= functionError('Sandbox.Timedout', message);
    options.output(message);
    // The caller learns of it at once; that the process is gone shows in `end`.
    invocation?.settle(reason);
    child?.kill('SIGKILL');
  }

  function end(text: string): void {
    if (state === 'ended') return;
    const neverReady = state === 'starting';
    state = 'ended';
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
    const prefix = invocation === undefined ? '' : `RequestId: ${invocation.requestId} `;
    reason ??= functionError('Runtime.ExitError', `${prefix}Error: ${text}`);
    invocation?.settle(reason);
    invocation = undefined;
    options.onEnd(environment, neverReady ? reason : undefined);
    ended.resolve();
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, responseBytesMax);
    if (body === 'aborted') return;
    const path = (request.url ?? '').replace('/2018-06-01/runtime/', '');
    if (request.method === 'GET' && path === 'invocation/next') {
      takePoll(response);
      return;
    }
    const text = body === 'too-large' ? undefined : body.toString('utf8');
    const status = request.method === 'POST' ? post(path, text) : 404;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: status === 202 ? 'OK' : 'refused' }));
  }

  function takePoll(response: ServerResponse): void {
    clearTimeout(timer);
    poll = response;
    if (invocation !== undefined) {
      // The runtime gave up on an invocation without a word: nothing will ever answer it.
      invocation.settle(functionError('Runtime.ExitError', 'the runtime did not answer'));
      invocation = undefined;
    }
    state = 'idle';
    options.onIdle(environment);
  }

  /** @param text undefined when there was too much of it */
  function post(path: string, text: string | undefined): 202 | 400 | 404 | 413 {
    if (path === 'init/error') {
      reason = reportedError(text);
      return 202;
    }
    const [, requestId, kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (kind === undefined) return 404;
    if (invocation === undefined || requestId !== invocation.requestId) return 400;
    const answered = invocation;
    invocation = undefined;
    state = 'returning';
    if (kind === 'error') answered.settle(reportedError(text));
    else if (text !== undefined) answered.settle({ kind: 'answer', payload: text });
    else {
      answered.settle(
        functionError(
          'Function.ResponseSizeTooLarge',
          `Response payload size exceeded maximum allowed payload size (${responseBytesMax} bytes).`,
        ),
      );
      return 413;
    }
    return 202;
  }
}

/** What the runtime says of an error, handed on as it is. */
function reportedError(text: string | undefined): InvocationResult {
  try {
    const { errorType, errorMessage } = JSON.parse(text ?? '') as Record<string, unknown>;
    return {
      kind: 'function-error',
      errorType: String(errorType),
      errorMessage: String(errorMessage),
      payload: text ?? '',
    };
  } catch {
    return functionError('Runtime.Unknown', 'the runtime reported an error that cannot be read');
  }
}

function exitText(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${signal}`;
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${code}`;
}
