import type { Command } from 'commander';
import { confirm } from './confirm.ts';
import type { Connection } from './connection.ts';
import { reach } from './deployment.ts';
import { Failure } from './failure.ts';
import { globals } from './globals.ts';
import { type GuardedApi, guardedApis } from './guarded-apis.ts';
import { print } from './output.ts';

interface FlushOptions {
  readonly api?: string;
  readonly yes?: boolean;
}

/** What became of the cache of one stage. */
interface Flushed extends Pick<GuardedApi, 'api_id' | 'kind' | 'name'> {
  /** Its name, or its place in the CDK app where nobody has told its name. */
  readonly stage: string;
  readonly flushed: boolean;
}

/** `keyward caches …` */
export function cachesCommand(program: Command): void {
  program
    .command('caches')
    .description("API Gateway's caches of what authorizers have answered")
    .command('flush')
    .description('empty them, with your own rights in AWS: every authorizer is asked again')
    .option('--api <api_id>', 'of one API; of all of the deployment if left out')
    .option('--yes', 'really: until they are full again, every request costs an invocation')
    .action(async (options: FlushOptions, command: Command) => {
      confirm(options, 'empty the caches of authorizers');
      const { connection, format } = globals(command);
      const apis = chosen(await guardedApis(connection), options.api);
      const { rows, failure } = await flushAll(connection, apis);
      print(rows, format);
      if (failure !== undefined) throw failure;
    });
}

/** A WebSocket API keeps no answers. */
function chosen(apis: readonly GuardedApi[], id: string | undefined): readonly GuardedApi[] {
  const found = apis.filter(({ api_id }) => id === undefined || api_id === id);
  if (id !== undefined && found.length === 0) {
    throw new Failure('notFound', `this deployment guards no API ${id}: keyward status has them`);
  }
  return found.filter(({ kind }) => kind !== 'websocket');
}

/** One that fails keeps no other from being emptied. */
async function flushAll(
  connection: Connection,
  apis: readonly GuardedApi[],
): Promise<{ readonly rows: readonly Flushed[]; readonly failure: Failure | undefined }> {
  const rows: Flushed[] = [];
  let failure: Failure | undefined;
  for (const { api_id, kind, name, stages, unnamed_stages = [] } of apis) {
    for (const stage of stages) {
      const row = { api_id, kind, name, stage };
      try {
        await reach(() => flush(connection, kind, api_id, stage));
        rows.push({ ...row, flushed: true });
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause;
        failure ??= new Failure(cause.kind, `${name}, stage ${stage}: ${cause.message}`);
        rows.push({ ...row, flushed: false });
      }
    }
    for (const stage of unnamed_stages) {
      rows.push({ api_id, kind, name, stage, flushed: false });
      failure ??= new Failure(
        'failed',
        `${name}: the name of the stage at ${stage} was not known at synth, so its cache is as it was: empty it in API Gateway`,
      );
    }
  }
  return { rows, failure };
}

async function flush(
  { client }: Connection,
  kind: GuardedApi['kind'],
  apiId: string,
  stage: string,
): Promise<void> {
  if (kind === 'rest') {
    const { APIGatewayClient, FlushStageAuthorizersCacheCommand } = await import(
      '@aws-sdk/client-api-gateway'
    );
    const command = new FlushStageAuthorizersCacheCommand({ restApiId: apiId, stageName: stage });
    await new APIGatewayClient(client).send(command);
  } else {
    const { ApiGatewayV2Client, ResetAuthorizersCacheCommand } = await import(
      '@aws-sdk/client-apigatewayv2'
    );
    const command = new ResetAuthorizersCacheCommand({ ApiId: apiId, StageName: stage });
    await new ApiGatewayV2Client(client).send(command);
  }
}
