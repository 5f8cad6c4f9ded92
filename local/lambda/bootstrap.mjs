/**
 * The runtime inside an execution environment: loads the handler, then takes one invocation after the other from the
 * Lambda Runtime API. Plain JavaScript, so that a cold start pays for no type stripping; and no ESM import of
 * `node:http`, which would load a whole Fetch stack that Lambda's own runtime does not load either.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const http = process.getBuiltinModule('node:http');
const { Socket } = process.getBuiltinModule('node:net');

const [host, port] = String(process.env.AWS_LAMBDA_RUNTIME_API).split(':');
delete process.env.AWS_LAMBDA_RUNTIME_API;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

// File descriptor 3 is a pipe that nobody writes to. It ends when the runner dies, however it dies.
const lifeline = new Socket({ fd: 3 });
lifeline.on('error', () => process.exit(1));
lifeline.on('close', () => process.exit(1));
lifeline.resume();
lifeline.unref();

/** The request id of the invocation that is being handled. */
let current;
let loaded = false;

process.on('uncaughtException', (error) => reportAndExit(error, 129));
process.on('unhandledRejection', (reason) => {
  const error = new Error(
    reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason),
  );
  error.name = 'Runtime.UnhandledPromiseRejection';
  if (reason instanceof Error) error.stack = reason.stack;
  return reportAndExit(error, 128);
});
// Nothing is left to do, yet the handler's promise is not settled: it never will be.
process.on('beforeExit', () => {
  if (current === undefined) return;
  const error = new Error('the event loop is empty, and the promise of the handler is not settled');
  error.name = 'Runtime.NodeJsExit';
  void reportAndExit(error, 1);
});

const handler = await load(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER).catch((error) =>
  reportAndExit(error, 1),
);
loaded = true;
for (;;) await handleNext();

async function handleNext() {
  const { headers, body } = await call('GET', 'invocation/next');
  const requestId = headers['lambda-runtime-aws-request-id'];
  current = requestId;
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  let answer;
  try {
    const result = await handler(JSON.parse(body), contextOf(headers));
    answer = JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch (error) {
    await call('POST', `invocation/${requestId}/error`, describe(error));
    current = undefined;
    return;
  }
  await call('POST', `invocation/${requestId}/response`, answer);
  current = undefined;
}

async function load(root, name) {
  const dot = String(name).lastIndexOf('.');
  if (dot < 1) throw named('Runtime.MalformedHandlerName', `bad handler: ${name}`);
  const file = join(root, `${name.slice(0, dot)}.mjs`);
  const module = await import(pathToFileURL(file).href).catch((error) => {
    const missing = error?.code === 'ERR_MODULE_NOT_FOUND';
    if (missing) error.name = 'Runtime.ImportModuleError';
    if (error instanceof SyntaxError) error.name = 'Runtime.UserCodeSyntaxError';
    throw error;
  });
  const found = module[name.slice(dot + 1)];
  if (typeof found !== 'function') {
    throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  // nodejs24.x took callbacks away: a third parameter is an error when the function is loaded.
  if (found.length >= 3) {
    throw named(
      'Runtime.CallbackHandlerDeprecated',
      `${name} takes a callback; write an async function`,
    );
  }
  return found;
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** Posts the error where it belongs, to the invocation or to the start, and ends the process. */
async function reportAndExit(error, code) {
  const path = current === undefined ? 'init/error' : `invocation/${current}/error`;
  if (current !== undefined || !loaded) await call('POST', path, describe(error));
  else process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(code);
}

function describe(error) {
  if (!(error instanceof Error)) {
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  }
  return JSON.stringify({
    errorType: error.name,
    errorMessage: error.message,
    trace: String(error.stack ?? '').split('\n'),
  });
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

/** One call of the Runtime API. A lost connection means that the runner is gone, and this process goes with it. */
function call(method, path, body) {
  return new Promise((resolve) => {
    const request = http.request(
      {
        host,
        port,
        agent,
        method,
        path: `/2018-06-01/runtime/${path}`,
        headers: body === undefined ? {} : { 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', () => process.exit(1));
        response.on('end', () =>
          resolve({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    request.on('error', () => process.exit(1));
    request.end(body);
  });
}
