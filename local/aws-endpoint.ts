/**
 * The one address where hosted functions and the command line find AWS: DynamoDB, Secrets Manager, Lambda's Invoke, the
 * parameters of the template and the caches of its APIs. Every call passes through here, is read to its end, checked against the role of the
 * function that signed it, and may meet a fault that a test asked for.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AccessReport, accessControl, type SignedAccess } from './aws/access-control.ts';
import { accessKeyOf } from './aws/access-key-of.ts';
import { answerWithFaults } from './aws/answer-with-faults.ts';
import { AwsError } from './aws/aws-error.ts';
import type { AwsCall, AwsReply, AwsService, PathService } from './aws/aws-service.ts';
import { type FaultRule, faultPlan } from './aws/fault.ts';
import { readBody } from './aws/read-body.ts';
import type { FunctionSpec, Log } from './contracts.ts';
import type { Dynamo } from './dynamodb/dynamo.ts';
import { dynamoService } from './dynamodb/dynamo-service.ts';
import type { DataPlane } from './gateway/data-plane.ts';
import { managementService } from './gateway/management-service.ts';
import type { AccessKey } from './iam/access-keys.ts';
import type { LambdaHost } from './lambda/function-host.ts';
import { lambdaService } from './lambda/lambda-service.ts';
import type { SecretsManager } from './secrets-manager/secrets-manager.ts';
import { parameterService } from './ssm/parameter-service.ts';

export interface AwsEndpointOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly region: string;
  readonly accountId: string;
  readonly dynamo: Dynamo;
  readonly secrets: SecretsManager;
  /** Of Parameter Store; may still be filled while the endpoint runs. */
  readonly parameters?: ReadonlyMap<string, string>;
  readonly log: Log;
}

/** Functions that were hosted, with the keys that they sign with. */
interface HostedFunctions {
  readonly functions: readonly FunctionSpec[];
  readonly accessKeyFor: (spec: FunctionSpec) => AccessKey;
  readonly host: LambdaHost;
}

export interface AwsEndpoint {
  readonly url: string;
  /**
   * From now on calls signed by these functions are checked against their roles, and Invoke finds them.
   * @throws for a policy statement that is not understood
   */
  serve(hosted: HostedFunctions): void;
  /** From now on the management calls of API Gateway find these APIs. */
  serveApis(planes: readonly DataPlane[]): void;
  /** For tests. @returns takes the rule back */
  inject(rule: FaultRule): () => void;
  report(): AccessReport;
  /** Decides about a signed call that is made elsewhere, by the same roles, and counts it in the report. */
  readonly access: SignedAccess;
  stop(): Promise<void>;
}

/** More than any of the services takes: BatchWriteItem ends at 16 MB. */
const bodyBytesMax = 17 * 1024 * 1024;

export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const { log, dynamo, secrets, parameters = new Map() } = options;
  const access = accessControl(log);
  const faults = faultPlan();
  let host: LambdaHost | undefined;
  let planes: readonly DataPlane[] = [];

  const pathServices: readonly PathService[] = [
    lambdaService(() => host, options),
    managementService(() => planes, options),
  ];
  const targets: ReadonlyMap<string, AwsService> = new Map([
    ['DynamoDB_20120810', dynamoService(dynamo, options)],
    ['secretsmanager', secrets.service],
    ['AmazonSSM', parameterService(parameters, options)],
  ]);

  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      log(`AWS endpoint: ${error.stack ?? error.message}`);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    serve(hosted) {
      access.add(hosted.functions, hosted.accessKeyFor);
      host = hosted.host;
    },
    serveApis(served) {
      planes = served;
    },
    inject: (rule) => faults.inject(rule),
    report: () => access.report(),
    access(authorization, needed) {
      const accessKeyId = accessKeyOf(authorization);
      if (accessKeyId === undefined) return 'unsigned';
      const caller = access.callerOf(accessKeyId);
      if (caller === undefined) return 'allowed';
      return access.refusal(caller, [needed]) === undefined ? 'allowed' : 'denied';
    },
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, bodyBytesMax);
    if (body === 'aborted') return;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const found = addressedService(request, url);
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { service, operation, parse } = found;
    const bytes = body === 'too-large' ? Buffer.alloc(0) : body;
    const accessKeyId = accessKeyOf(request.headers.authorization);
    const caller = accessKeyId === undefined ? undefined : access.callerOf(accessKeyId);

    async function answer(): Promise<AwsReply> {
      try {
        if (body === 'too-large') {
          throw new AwsError('RequestEntityTooLargeException', 'Request entity is too large', 413);
        }
        if (accessKeyId === undefined) {
          throw new AwsError(
            'MissingAuthenticationTokenException',
            'Request is missing Authentication Token',
          );
        }
        const { headers } = request;
        const call: AwsCall = { operation, url, headers, body: bytes, input: parse(bytes) };
        // Needed access is derived for the operator as well: unknown operations are refused for everybody.
        const needed = await service.neededAccess(call);
        const refusal = caller === undefined ? undefined : access.refusal(caller, needed);
        if (refusal !== undefined) {
          throw new AwsError(
            'AccessDeniedException',
            `User: ${caller} is not authorized to perform: ${refusal.action} on resource: ${refusal.resource} because no identity-based policy allows the action`,
          );
        }
        return await service.answer(call);
      } catch (error) {
        if (error instanceof AwsError) {
          return service.errorReply(error.name, error.message, error.status);
        }
        log(`AWS endpoint: ${service.prefix}:${operation}: ${String(error)}`);
        return service.errorReply('InternalServerError', 'the emulator failed', 500);
      }
    }

    const candidate = {
      operation: `${service.prefix}:${operation}`,
      body: bytes.toString('utf8'),
      caller,
    };
    await answerWithFaults(response, faults.faultsFor(candidate), service, answer);
  }

  function addressedService(
    request: IncomingMessage,
    url: URL,
  ):
    | {
        readonly service: AwsService;
        readonly operation: string;
        readonly parse: (body: Buffer) => AwsCall['input'];
      }
    | undefined {
    for (const service of pathServices) {
      const operation = service.operationAt(request.method ?? '', url);
      if (operation !== undefined) return { service, operation, parse: () => ({}) };
    }
    const target = String(request.headers['x-amz-target'] ?? '');
    const dot = target.lastIndexOf('.');
    const service = targets.get(target.slice(0, Math.max(0, dot)));
    if (service === undefined) return undefined;
    return { service, operation: target.slice(dot + 1), parse: parseInput };
  }
}

function parseInput(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const input: unknown = JSON.parse(body.byteLength === 0 ? '{}' : body.toString('utf8'));
    if (typeof input === 'object' && input !== null) return input as Record<string, unknown>;
  } catch {
    // Said below, in the service's own words.
  }
  throw new AwsError('SerializationException', 'the body is not a JSON object');
}
