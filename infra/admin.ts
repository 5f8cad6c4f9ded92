import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { toEnv } from '../functions/admin/config.ts';
import type { ApiKeyFormat } from '../functions/core/credentials/api-key.ts';
import { grantItems, KeywardFunction, type TableReference } from './function.ts';
import type { Settings } from './settings.ts';

export interface AdminProps {
  readonly issuer: string;
  readonly clients: TableReference;
  readonly verification: TableReference;
  readonly counters: TableReference;
  readonly settings: Settings;
  readonly defaultResource: string;
  readonly apiKeyFormat: ApiKeyFormat;
}

/** What operators do, behind `lambda:InvokeFunction` and no URL. It can neither sign nor read a signing key. */
export class Admin extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: AdminProps) {
    super(scope, id);
    this.function = new KeywardFunction(this, 'Function', {
      bundle: 'admin',
      description: 'Keyward: operator commands',
      memorySize: 512,
      timeoutSeconds: 30,
      environment: toEnv({
        issuer: props.issuer,
        clientsTable: props.clients.tableName,
        verificationTable: props.verification.tableName,
        countersTable: props.counters.tableName,
        accessTokenLifetimeMaxSeconds: props.settings.accessTokenLifetimeMaxSeconds,
        revocationPollSeconds: props.settings.revocationPollSeconds,
        publicationLeadSeconds: props.settings.publicationLeadSeconds,
        publishedKeysMax: props.settings.publishedKeysMax,
        defaultResource: props.defaultResource,
        apiKeyPrefix: props.apiKeyFormat.prefix,
        apiKeyEnvironment: props.apiKeyFormat.environment,
      }),
    });
    grantItems(
      this.function,
      props.clients,
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      ['CL#*', 'AK#*', 'BU#*', 'CP#*', 'CR#*', 'CX#*'],
    );
    // A scan names no key, so it needs a statement of its own: lists are for operators alone.
    this.function.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['dynamodb:Scan'],
        resources: [props.clients.tableArn, props.counters.tableArn],
      }),
    );
    const revocations = ['LOG#*', 'CUT#*'];
    grantItems(this.function, props.verification, ['dynamodb:GetItem'], ['JWKS', 'CUT#*']);
    grantItems(
      this.function,
      props.verification,
      ['dynamodb:Query', 'dynamodb:UpdateItem'],
      revocations,
    );
    grantItems(this.function, props.counters, ['dynamodb:BatchGetItem'], ['SEEN#*']);
  }
}
