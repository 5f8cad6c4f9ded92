/** Hosts a cloud assembly on loopback: its tables, secrets, functions, triggers, schedules, rules and APIs. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import type { Log } from './contracts.ts';
import { createTables } from './dynamodb/create-tables.ts';
import { startDynamo } from './dynamodb/dynamo.ts';
import { ruleSchedules } from './event-bridge/rule-schedules.ts';
import { dataPlane } from './gateway/data-plane.ts';
import { type Listener, openListener } from './gateway/listener.ts';
import { usagePlans } from './gateway/usage-plans.ts';
import { type HostedDomain, type HostedTls, openDomains } from './host-domains.ts';
import { type HostedApi, type HostedUrls, roleOf, shownUrl, urlsOf } from './hosted-urls.ts';
import { accessKeys } from './iam/access-keys.ts';
import { functionHost, type LambdaHost } from './lambda/function-host.ts';
import { claimPort, portPlan } from './ports.ts';
import { runTriggers } from './run-triggers.ts';
import { type SecretsManager, secretsManager } from './secrets-manager/secrets-manager.ts';
import { ensureSchedules, ensureSecrets } from './seed-secrets.ts';
import { loadAssembly } from './template/assembly.ts';
import { listApis } from './template/list-apis.ts';
import { placeOf } from './template/resolve-assembly.ts';
import { declaredSecrets, worldSpec } from './template/world.ts';

export interface HostOptions {
  /** Base of the ports; 0 takes any free ones. */
  readonly basePort: number;
  /** Where tables and secrets are kept; without it they are forgotten. */
  readonly dataDirectory?: string;
  /** Where the certificates of custom domains are kept. @default `tls` beside the data, or nowhere for long */
  readonly tlsDirectory?: string;
  /** What the runner itself has to say. @default nobody listens */
  readonly log?: Log;
  /** One line of a function's output. */
  readonly functionLog?: (line: string, logicalId: string) => void;
  /** Environments that one function may have at the same time. @default 10 */
  readonly environmentsMax?: number;
  /** Ends everything, also while it is starting. */
  readonly signal?: AbortSignal;
}

export interface HostedWorld {
  readonly region: string;
  readonly accountId: string;
  readonly apis: readonly HostedApi[];
  readonly domains: readonly HostedDomain[];
  /** `undefined` where there is no custom domain. */
  readonly tls: HostedTls | undefined;
  readonly urls: HostedUrls;
  /** DynamoDB, Secrets Manager, Lambda's Invoke, Parameter Store, result caches; takes faults and tells what was refused. */
  readonly endpoint: AwsEndpoint;
  readonly functions: LambdaHost;
  readonly secrets: SecretsManager;
  /** The SSM parameters of the templates. */
  readonly parameters: ReadonlyMap<string, string>;
  /** API Gateway's own API keys that are in a usage plan: logical id → value. */
  readonly apiKeys: ReadonlyMap<string, string>;
  /** Fires the scheduled rules now. Settles when their functions have run; what fails is logged. */
  fireSchedules(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws TemplateError, PortInUse; nothing is left running then */
export async function host(assemblyDirectory: string, options: HostOptions): Promise<HostedWorld> {
  const running: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= Promise.allSettled(running.splice(0).map((end) => end())).then(() => undefined);
    return stopping;
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });
  try {
    return await start(assemblyDirectory, options, stop, (end) => {
      // What came up after the end was called is ended at once.
      if (options.signal?.aborted === true) void end();
      else running.push(end);
      options.signal?.throwIfAborted();
    });
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function start(
  assemblyDirectory: string,
  options: HostOptions,
  stop: () => Promise<void>,
  atEnd: (end: () => Promise<void>) => void,
): Promise<HostedWorld> {
  const { basePort, dataDirectory, log = () => undefined, functionLog = () => undefined } = options;
  const stacks = loadAssembly(assemblyDirectory);
  const place = placeOf(stacks);
  if (dataDirectory !== undefined) mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const kept = (name: string): string | undefined =>
    dataDirectory === undefined ? undefined : join(dataDirectory, name);

  // Ports come first: the address of an API goes into the environment of functions.
  const listed = listApis(stacks);
  const ports = portPlan(basePort);
  const fronts: (HostedApi & { readonly listener: Listener })[] = [];
  for (const api of listed) {
    const port = ports.forApi(api);
    const listener = await claimPort(port, () => openListener(port));
    atEnd(() => listener.close());
    fronts.push({ ...api, listener, url: listener.url, role: roleOf(api, fronts) });
  }
  const tablesPath = kept('dynamodb');
  const dynamo = await startDynamo(tablesPath === undefined ? {} : { path: tablesPath });
  const secretsFile = kept('secrets.json');
  const secrets = secretsManager({
    ...{ ...place, log },
    // How often and how soon Secrets Manager tries again is not documented; nobody here wants to wait for minutes.
    retries: { attempts: 5, gapSeconds: 2 },
    ...(secretsFile === undefined ? {} : { file: secretsFile }),
  });
  const parameters = new Map<string, string>();
  const endpoint = await claimPort(ports.awsEndpoint, () =>
    startAwsEndpoint({ port: ports.awsEndpoint, ...place, dynamo, secrets, parameters, log }),
  ).catch(async (cause: unknown) => {
    await dynamo.stop();
    throw cause;
  });
  // The endpoint forwards to dynalite until it is closed.
  atEnd(async () => {
    await secrets.stop();
    await endpoint.stop();
    await dynamo.stop();
  });

  const apiUrl = (stackName: string, logicalId: string): string | undefined =>
    fronts.find((api) => api.stackName === stackName && api.logicalId === logicalId)?.url;
  const secretArns = ensureSecrets(secrets, declaredSecrets(stacks, apiUrl));
  const world = worldSpec(stacks, {
    apiUrl,
    secretArn: (name) => secretArns.get(name) ?? name,
  });
  for (const [name, value] of world.parameters) parameters.set(name, value);
  const domains = await openDomains(world.domains, {
    directory: options.tlsDirectory ?? kept('tls'),
    nextPort: () => ports.forDomain(),
    ...{ log, atEnd },
  });
  await createTables(dynamo, world.tables);

  const accessKeyFor = accessKeys();
  const functions = functionHost({
    ...{ functions: world.functions, permissions: world.permissions, region: place.region },
    ...{ endpointUrl: endpoint.url, accessKeyFor, log: functionLog },
    ...(options.environmentsMax === undefined ? {} : { environmentsMax: options.environmentsMax }),
  });
  atEnd(() => functions.stop());
  endpoint.serve({ functions: world.functions, accessKeyFor, host: functions });
  await runTriggers(functions, world.triggers, log);
  secrets.start(functions);
  await ensureSchedules(secrets, world.schedules);
  options.signal?.throwIfAborted();

  const { access } = endpoint;
  const plans = usagePlans(world.usagePlans, Date.now);
  const gateway = { functions, log, access, plans, domainName: '127.0.0.1' };
  const planes = world.apis.map((api) => {
    const plane = dataPlane(api, gateway);
    atEnd(async () => plane.close());
    const front = fronts.find(
      ({ stackName, logicalId }) => stackName === api.stackName && logicalId === api.logicalId,
    );
    front?.listener.serve(plane.handleAtEndpoint, plane.upgrade);
    return plane;
  });
  endpoint.serveApis(planes);
  domains.serve(planes);
  const schedules = ruleSchedules({ rules: world.rules, functions, ...place, log });
  atEnd(async () => schedules.stop());
  const apis = fronts.map(({ listener: _, ...api }) => ({
    ...api,
    url: shownUrl(api, api.url, world),
  }));
  return {
    ...place,
    apis,
    ...{ domains: domains.domains, tls: domains.tls },
    urls: urlsOf(apis, domains.domains, endpoint.url),
    ...{ endpoint, functions, secrets, parameters, fireSchedules: schedules.fire, stop },
    apiKeys: new Map(
      world.usagePlans.flatMap(({ keys }) => keys.map((key) => [key.logicalId, key.value])),
    ),
  };
}
