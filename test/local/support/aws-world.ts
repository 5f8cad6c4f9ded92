import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws-endpoint.ts';
import type { FunctionSpec, InvokePermission } from '../../../local/contracts.ts';
import { type Dynamo, startDynamo } from '../../../local/dynamodb/dynamo.ts';
import { type AccessKey, accessKeys } from '../../../local/iam/access-keys.ts';
import { functionHost, type LambdaHost } from '../../../local/lambda/function-host.ts';
import {
  type SecretsManager,
  type SecretsManagerOptions,
  secretsManager,
} from '../../../local/secrets-manager/secrets-manager.ts';
import { accountId, region } from './functions.ts';

export interface AwsWorld {
  readonly endpoint: AwsEndpoint;
  readonly dynamo: Dynamo;
  readonly secrets: SecretsManager;
  readonly host: LambdaHost;
  readonly accessKeyFor: (spec: FunctionSpec) => AccessKey;
  /** What the runner said, and what functions wrote. */
  readonly lines: string[];
  /** How any SDK client finds this world, as the operator or as a function. */
  clientConfig(spec?: FunctionSpec): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: AccessKey;
  };
  /** The same for whoever is no SDK client: as Lambda sets it. */
  environment(): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface AwsWorldOptions {
  /** Called with what must exist before the functions can be described. */
  readonly functions?: (secrets: SecretsManager) => {
    readonly functions: readonly FunctionSpec[];
    readonly permissions?: readonly InvokePermission[];
  };
  readonly parameters?: ReadonlyMap<string, string>;
  readonly secrets?: Partial<SecretsManagerOptions>;
}

/** All of AWS that the runner has, on a free port. */
export async function awsWorld(options: AwsWorldOptions = {}): Promise<AwsWorld> {
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
  };
  const dynamo = await startDynamo();
  const secrets = secretsManager({
    region,
    accountId,
    log,
    retries: { attempts: 1, gapSeconds: 0 },
    ...options.secrets,
  });
  const { functions = [], permissions = [] } = options.functions?.(secrets) ?? {};
  const accessKeyFor = accessKeys();
  const endpoint = await startAwsEndpoint({
    port: 0,
    region,
    accountId,
    dynamo,
    secrets,
    log,
    ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
  });
  const host = functionHost({
    functions,
    permissions,
    endpointUrl: endpoint.url,
    region,
    accessKeyFor,
    log,
  });
  endpoint.serve({ functions, accessKeyFor, host });
  secrets.start(host);
  return {
    endpoint,
    dynamo,
    secrets,
    host,
    accessKeyFor,
    lines,
    clientConfig: (spec) => ({
      endpoint: endpoint.url,
      region,
      credentials:
        spec === undefined
          ? { accessKeyId: 'operator', secretAccessKey: 'local' }
          : accessKeyFor(spec),
    }),
    environment: () => ({
      ...{ AWS_REGION: region, AWS_ENDPOINT_URL: endpoint.url },
      ...{ AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'local' },
    }),
    async stop() {
      await endpoint.stop();
      await host.stop();
      await secrets.stop();
      await dynamo.stop();
    },
  };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'keyward-data-'));
}
