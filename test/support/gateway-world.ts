import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { FunctionHost, FunctionSpec, InvocationResult } from '../../local/contracts.ts';
import type { GatewayOptions } from '../../local/gateway/gateway-options.ts';
import { httpApi } from '../../local/gateway/http-api.ts';
import { openListener } from '../../local/gateway/listener.ts';
import { restApi } from '../../local/gateway/rest-api.ts';
import { usagePlans } from '../../local/gateway/usage-plans.ts';
import { parseFunctionName } from '../../local/lambda/function-name.ts';
import { compilePermissions } from '../../local/lambda/invoke-permission.ts';
import { loadAssembly } from '../../local/template/assembly.ts';
import { listApis } from '../../local/template/list-apis.ts';
import { worldSpec } from '../../local/template/world.ts';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON. */
  readonly json: unknown;
}

interface Asked {
  readonly method?: string;
  /** Name, value, name, value: names as they go over the wire, any of them twice. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** The gateways of one assembly, over functions that run in this process. */
export interface GatewayWorld {
  /** Of the first API. */
  readonly url: string;
  /** Of all APIs, in the order of the template. */
  readonly urls: readonly string[];
  /** Logical ids of the functions that were invoked, in their order. */
  readonly invoked: readonly string[];
  readonly logged: readonly string[];
  /** The clock of the caches, in milliseconds; starts at 0. */
  clock: number;
  /** @param url of the API; the first one otherwise */
  ask(path: string, asked?: Asked, url?: string): Promise<Reply>;
  stop(): Promise<void>;
}

export async function gatewayWorld(
  directory: string,
  options: Partial<GatewayOptions> = {},
): Promise<GatewayWorld> {
  const stacks = loadAssembly(directory);
  const listeners = await Promise.all(listApis(stacks).map(() => openListener(0)));
  const listed = listApis(stacks);
  const spec = worldSpec(stacks, {
    apiUrl: (_, logicalId) =>
      listeners[listed.findIndex((api) => api.logicalId === logicalId)]?.url,
    secretArn: (name) => name,
  });
  const invoked: string[] = [];
  const logged: string[] = [];
  const isAllowed = compilePermissions(spec.permissions);
  const functions: FunctionHost = {
    async invoke(nameOrArn, payload, invoker) {
      const { name } = parseFunctionName(nameOrArn);
      const found = spec.functions.find((candidate) => candidate.name === name);
      if (found === undefined) return { kind: 'refused', reason: 'no-function' };
      if (!isAllowed({ name, qualifier: undefined }, invoker)) {
        return { kind: 'refused', reason: 'no-permission' };
      }
      invoked.push(found.logicalId);
      return run(found, payload);
    },
    async stop() {
      // Nothing runs outside this process.
    },
  };
  const world: GatewayWorld = {
    url: listeners[0]?.url ?? '',
    urls: listeners.map(({ url }) => url),
    invoked,
    logged,
    clock: 0,
    ask: (path, asked, url = world.url) => ask(url, path, asked),
    async stop() {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
  const gateway: GatewayOptions = {
    functions,
    log: (line) => logged.push(line),
    domainName: '127.0.0.1',
    nowMilliseconds: () => world.clock,
    ...options,
  };
  const plans = usagePlans(spec.usagePlans, () => world.clock);
  for (const [index, { logicalId }] of listed.entries()) {
    const api = spec.apis.find((candidate) => candidate.logicalId === logicalId);
    if (api === undefined) throw new Error(`${logicalId} was not resolved`);
    listeners[index]?.serve(
      api.kind === 'http' ? httpApi(api, gateway) : restApi(api, { ...gateway, plans }),
    );
  }
  return world;
}

/** What Lambda makes of a handler: its answer as JSON, or the error that it threw. */
async function run(spec: FunctionSpec, payload: string): Promise<InvocationResult> {
  const { handler } = (await import(join(spec.codeDirectory, 'index.mjs'))) as {
    readonly handler: (event: unknown) => Promise<unknown>;
  };
  try {
    const answer = await handler(JSON.parse(payload));
    return { kind: 'answer', payload: JSON.stringify(answer ?? null) };
  } catch (cause) {
    const { name: errorType, message: errorMessage } = cause as Error;
    return { kind: 'function-error', errorType, errorMessage, payload: '{}' };
  }
}

/** One request over a connection of its own. */
function ask(url: string, path: string, asked: Asked = {}): Promise<Reply> {
  const { method = 'GET', headers = [], body } = asked;
  const { host, hostname, port } = new URL(url);
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        ...{ hostname, port, path, method },
        headers: ['host', host, 'connection', 'close', ...length, ...headers] as never,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            get json() {
              return JSON.parse(text);
            },
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Answers the event it was given; or what the header `x-reply` says, as JSON. */
export const echo = `export const handler = async (event) => {
  const headers = event.headers ?? {};
  const reply = headers['x-reply'];
  if (reply !== undefined) {
    const { throws, hangs, value } = JSON.parse(reply);
    if (throws !== undefined) throw new Error(throws);
    if (hangs) await new Promise(() => {});
    return value;
  }
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };
};`;

/**
 * An authorizer that is told by the credential what to answer: JSON with \`answer\` or \`throws\`. \`ARN\` in it stands for
 * the ARN of the request. The context counts the invocations and carries the event.
 */
export const programmable = `let invocations = 0;
export const handler = async (event) => {
  invocations += 1;
  const token = event.authorizationToken ?? (event.headers ?? {}).authorization ?? (event.headers ?? {}).Authorization;
  const told = token === undefined ? {} : JSON.parse(token);
  if (told.throws !== undefined) throw new Error(told.throws);
  if (told.hangs) await new Promise(() => {});
  const text = JSON.stringify(told.answer ?? null).replaceAll('"ARN"', JSON.stringify(event.methodArn ?? event.routeArn ?? ''));
  const answer = JSON.parse(text);
  if (told.bare || answer === null || typeof answer !== 'object') return answer;
  return { ...answer, context: { invocations, event: JSON.stringify(event).slice(0, 3000), ...answer.context } };
};`;
