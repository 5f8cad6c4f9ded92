import type { Agent } from 'node:https';
import { join } from 'node:path';
import { accessKeyOf } from '../../local/aws/access-key-of.ts';
import type { FunctionHost, FunctionSpec, InvocationResult } from '../../local/contracts.ts';
import { customDomain } from '../../local/gateway/custom-domain.ts';
import { type DataPlane, dataPlane } from '../../local/gateway/data-plane.ts';
import type { GatewayOptions } from '../../local/gateway/gateway-options.ts';
import { openListener } from '../../local/gateway/listener.ts';
import { usagePlans } from '../../local/gateway/usage-plans.ts';
import { parseFunctionName } from '../../local/lambda/function-name.ts';
import { compilePermissions } from '../../local/lambda/invoke-permission.ts';
import { loadAssembly } from '../../local/template/assembly.ts';
import { listApis } from '../../local/template/list-apis.ts';
import { worldSpec } from '../../local/template/world.ts';
import type { KeyedCertificate } from '../../local/tls/certificate-authority.ts';
import { type Asked, ask, type Reply } from './ask.ts';
import { certificateAuthority, type TestAuthority } from './certificates.ts';

/** How a client of a custom domain behaves; it trusts the authority of the world. */
export interface AskedByTls extends Asked {
  readonly certificate?: KeyedCertificate;
  /** Keeps connections or TLS sessions. @default neither */
  readonly agent?: Agent;
}

/** The gateways of one assembly, over functions that run in this process. */
export interface GatewayWorld {
  /** Of the first API. */
  readonly url: string;
  /** Of all APIs, in the order of the template. */
  readonly urls: readonly string[];
  /** What answers for the APIs. */
  readonly planes: readonly DataPlane[];
  /** Logical ids of the functions that were invoked, in their order. */
  readonly invoked: readonly string[];
  /** What they were given. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly logged: readonly string[];
  /** Vouches for the custom domains, and is the truststore of all of them. */
  readonly authority: TestAuthority;
  /** The clock of the caches, in milliseconds; starts at 0. */
  clock: number;
  /** @param url of the API; the first one otherwise */
  ask(path: string, asked?: Asked, url?: string): Promise<Reply>;
  /** Asks a custom domain; rejects when the handshake fails. */
  askDomain(domainName: string, path: string, asked?: AskedByTls): Promise<Reply>;
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
  const authority = await certificateAuthority();
  const invoked: string[] = [];
  const events: Record<string, unknown>[] = [];
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
      events.push(JSON.parse(payload) as Record<string, unknown>);
      return run(found, payload);
    },
    async stop() {
      // Nothing runs outside this process.
    },
  };
  const gateway: GatewayOptions = {
    functions,
    log: (line) => logged.push(line),
    domainName: '127.0.0.1',
    nowMilliseconds: () => world.clock,
    access: (authorization) => (accessKeyOf(authorization) === undefined ? 'unsigned' : 'allowed'),
    ...options,
  };
  const plans = usagePlans(spec.usagePlans, () => world.clock);
  const planes = spec.apis.map((api) => {
    const plane = dataPlane(api, { ...gateway, plans });
    const index = listed.findIndex(({ logicalId }) => logicalId === api.logicalId);
    listeners[index]?.serve(plane.handleAtEndpoint, plane.upgrade);
    return plane;
  });
  const domains = new Map(
    await Promise.all(
      spec.domains.map(async (domain) => {
        const server = { commonName: domain.domainName, usage: 'server' } as const;
        const listener = await openListener(0, {
          ...(await authority.issue({ ...server, sans: { ip: ['127.0.0.1'] } })),
          truststorePem: domain.isMutualTls ? authority.certificatePem : undefined,
          log: (line) => logged.push(line),
        });
        listener.serve(customDomain(domain, planes));
        return [domain.domainName, listener] as const;
      }),
    ),
  );
  const world: GatewayWorld = {
    url: listeners[0]?.url ?? '',
    urls: listeners.map(({ url }) => url),
    ...{ planes, invoked, events, logged, authority },
    clock: 0,
    ask: (path, asked, url = world.url) => ask(url, path, asked),
    askDomain: (domainName, path, { certificate, agent, ...asked } = {}) =>
      ask(domains.get(domainName)?.url ?? '', path, asked, {
        ca: authority.certificatePem,
        ...(agent === undefined ? {} : { agent }),
        ...(certificate === undefined
          ? {}
          : { cert: certificate.certificatePem, key: certificate.privateKeyPem }),
      }),
    async stop() {
      for (const plane of planes) plane.close();
      await Promise.all([...listeners, ...domains.values()].map((listener) => listener.close()));
    },
  };
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
