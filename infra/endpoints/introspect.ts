import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ApiKeyFormat } from '../../functions/core/credentials/api-key.ts';
import { path, toEnv } from '../../functions/endpoints/introspect/config.ts';
import {
  grantCurrentRing,
  grantItems,
  grantRevocationLog,
  KeywardFunction,
  pollReports,
  type TableReference,
} from '../function.ts';
import type { Settings } from '../settings.ts';
import type { TokenService } from '../token-service.ts';

export interface IntrospectEndpointProps {
  readonly service: TokenService;
  readonly issuer: string;
  readonly clients: TableReference;
  readonly verification: TableReference;
  readonly counters: TableReference;
  readonly ring: Secret;
  readonly settings: Settings;
  readonly apiKeyFormat: ApiKeyFormat;
  /** MiB. @default 512: it waits for DynamoDB for longer than it computes (2 ms at this size), and waiting costs by size */
  readonly memorySize?: number;
}

/**
 * Tells clients what a token is worth. Its function reads clients, API keys, public keys and the revocation log, for signed
 * answers the current ring, and writes when a secret was used and when it read the log.
 */
export class IntrospectEndpoint extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: IntrospectEndpointProps) {
    super(scope, id);
    const { settings } = props;
    this.function = new KeywardFunction(this, 'Function', {
      bundle: 'introspect',
      description: 'Keyward: introspection endpoint',
      memorySize: props.memorySize ?? 512,
      timeoutSeconds: 10,
      environment: toEnv({
        issuer: props.issuer,
        clientsTable: props.clients.tableName,
        verificationTable: props.verification.tableName,
        countersTable: props.counters.tableName,
        ringSecret: props.ring.secretArn,
        clockSkewSeconds: settings.clockSkewSeconds,
        accessTokenLifetimeMaxSeconds: settings.accessTokenLifetimeMaxSeconds,
        clientCacheSeconds: settings.clientCacheSeconds,
        ringCacheSeconds: settings.ringCacheSeconds,
        ringHoldSeconds: settings.ringHoldSeconds,
        publishedKeysCacheSeconds: settings.publishedKeysCacheSeconds,
        revocationPollSeconds: settings.revocationPollSeconds,
        apiKeyPrefix: props.apiKeyFormat.prefix,
        apiKeyEnvironment: props.apiKeyFormat.environment,
      }),
    });
    grantItems(this.function, props.clients, ['dynamodb:GetItem'], ['CL#*', 'AK#*']);
    grantItems(this.function, props.verification, ['dynamodb:GetItem'], ['JWKS']);
    grantRevocationLog(this.function, props.verification);
    const noted = ['SEEN#secret#*', pollReports];
    grantItems(this.function, props.counters, ['dynamodb:UpdateItem'], noted);
    grantCurrentRing(this.function, props.ring);
    props.service.add(path, this.function);
  }
}
