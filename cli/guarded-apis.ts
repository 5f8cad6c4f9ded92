import type { Connection } from './connection.ts';
import { fact, reach } from './deployment.ts';
import { Failure } from './failure.ts';

/** An API that the deployment's credentials open, as its stack has announced it. */
export interface GuardedApi {
  readonly api_id: string;
  readonly kind: 'rest' | 'http' | 'websocket';
  /** Where it stands in its CDK app. */
  readonly name: string;
  readonly stages: readonly string[];
  /** Where further ones stand in it: their names were not known when it was synthesized. */
  readonly unnamed_stages?: readonly string[];
  /** The longest of its bounds. */
  readonly revocation_lag_seconds: number;
  /** All of them, for people. */
  readonly routes: string;
}

/** All of the deployment's APIs in this account and Region, by name. */
export async function guardedApis(connection: Connection): Promise<readonly GuardedApi[]> {
  // Whether there is a deployment at all: one without APIs has no parameters to find.
  await fact(connection, 'issuer');
  const { paginateGetParametersByPath, SSMClient } = await import('@aws-sdk/client-ssm');
  const ssm = new SSMClient(connection.client);
  const values = await reach(async () => {
    const found: string[] = [];
    const Path = `/keyward/${connection.name}/v1/apis`;
    for await (const page of paginateGetParametersByPath({ client: ssm }, { Path })) {
      for (const { Value } of page.Parameters ?? []) found.push(Value ?? '');
    }
    return found;
  });
  return values.map(readApi).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readApi(text: string): GuardedApi {
  try {
    const api = JSON.parse(text) as GuardedApi;
    if (typeof api.api_id === 'string' && Array.isArray(api.stages)) return api;
  } catch {
    // Below.
  }
  throw new Failure('failed', 'a parameter that announces an API cannot be read: deploy its stack');
}
