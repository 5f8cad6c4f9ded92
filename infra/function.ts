import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** Where `npm run build` puts the bundles. */
export const bundlesDirectory: string = join(
  // The package's own root, from the sources as well as from the compiled package.
  dirname(fileURLToPath(import.meta.resolve('keyward/package.json'))),
  'dist',
  'functions',
);

/** A table by name and ARN: what a function and its role need to know of it. */
export type TableReference = Pick<ITableV2, 'tableName' | 'tableArn'>;

export interface KeywardFunctionProps {
  /** Folder of the code: `index.mjs` in it exports `handler`. A name is one of the prebuilt bundles. */
  readonly bundle: string | Code;
  readonly description: string;
  /** MiB; 1,769 is one vCPU. */
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** A Lambda function with the defaults of this product: its own role, its own log group, nothing else allowed. */
export class KeywardFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: KeywardFunctionProps) {
    const home = new Construct(scope, `${id}Home`);
    const role = new Role(home, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    const logGroup = new LogGroup(home, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      code:
        typeof props.bundle === 'string'
          ? Code.fromAsset(join(bundlesDirectory, props.bundle))
          : props.bundle,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      description: props.description,
      memorySize: props.memorySize,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
    });
  }
}

/**
 * Allows operations on the items of one table whose partition key fits one of the patterns. Both halves of each condition
 * are needed: `ForAllValues` is true where the key is absent.
 *
 * @param attributes the only ones that a request may name, be it in its key, to write or to compare; else any
 */
export function grantItems(
  grantee: LambdaFunction,
  table: TableReference,
  actions: readonly string[],
  leadingKeys: readonly string[],
  attributes?: readonly string[],
): void {
  grantee.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: [...actions],
      resources: [table.tableArn],
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...leadingKeys] },
        ...(attributes && {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...attributes] },
        }),
        Null: {
          'dynamodb:LeadingKeys': 'false',
          ...(attributes && { 'dynamodb:Attributes': 'false' }),
        },
      },
    }),
  );
}

/** The keys under which whoever follows the log tells of it, in the Counters table: to be updated. */
export const pollReports = 'POLL#*';

/** Lets a function follow the revocation log. */
export function grantRevocationLog(grantee: LambdaFunction, verification: TableReference): void {
  grantItems(grantee, verification, ['dynamodb:Query'], ['LOG#*']);
}

/** Lets a function read the ring that signs. A pending one is nobody's business but rotation's. */
export function grantCurrentRing(grantee: LambdaFunction, ring: Secret): void {
  grantee.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['secretsmanager:GetSecretValue'],
      resources: [ring.secretArn],
      conditions: { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
    }),
  );
}
