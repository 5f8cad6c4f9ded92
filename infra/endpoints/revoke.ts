import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ApiKeyFormat } from '../../functions/core/credentials/api-key.ts';
import { path, toEnv } from '../../functions/endpoints/revoke/config.ts';
import {
  grantItems,
  grantRevocationLog,
  KeywardFunction,
  pollReports,
  type TableReference,
} from '../function.ts';
import type { Settings } from '../settings.ts';
import type { TokenService } from '../token-service.ts';

export interface RevokeEndpointProps {
  readonly service: TokenService;
  readonly issuer: string;
  readonly clients: TableReference;
  readonly verification: TableReference;
  readonly counters: TableReference;
  readonly settings: Settings;
  readonly apiKeyFormat: ApiKeyFormat;
  /** MiB. @default 512: it waits for DynamoDB for longer than it computes (2 ms at this size), and waiting costs by size */
  readonly memorySize?: number;
}

/**
 * Ends tokens and API keys for those who hold them. Its function reads clients, API keys and public keys, writes the revocation
 * log, switches API keys off and counts what it writes. It signs nothing, so it reads no ring.
 */
export class RevokeEndpoint extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: RevokeEndpointProps) {
    super(scope, id);
    const { settings } = props;
    this.function = new KeywardFunction(this, 'Function', {
      bundle: 'revoke',
      description: 'Keyward: revocation endpoint',
      memorySize: props.memorySize ?? 512,
      // Three attempts to write the log, of a second each, and reads that may take one and a half.
      timeoutSeconds: 15,
      environment: toEnv({
        issuer: props.issuer,
        clientsTable: props.clients.tableName,
        verificationTable: props.verification.tableName,
        countersTable: props.counters.tableName,
        accessTokenLifetimeMaxSeconds: settings.accessTokenLifetimeMaxSeconds,
        clientCacheSeconds: settings.clientCacheSeconds,
        ringHoldSeconds: settings.ringHoldSeconds,
        publishedKeysCacheSeconds: settings.publishedKeysCacheSeconds,
        revocationPollSeconds: settings.revocationPollSeconds,
        apiKeyPrefix: props.apiKeyFormat.prefix,
        apiKeyEnvironment: props.apiKeyFormat.environment,
      }),
    });
    grantItems(this.function, props.clients, ['dynamodb:GetItem'], ['CL#*', 'AK#*']);
    // Nobody who takes over this function gives a key another secret or another owner.
    const switched = ['pk', 'v', 'status', 'updatedAt', 'revision'];
    grantItems(this.function, props.clients, ['dynamodb:UpdateItem'], ['AK#*'], switched);
    grantItems(this.function, props.verification, ['dynamodb:GetItem'], ['JWKS']);
    grantRevocationLog(this.function, props.verification);
    grantItems(this.function, props.verification, ['dynamodb:UpdateItem'], ['LOG#*']);
    const counted = ['LIM#rate#*', 'SEEN#secret#*', pollReports];
    grantItems(this.function, props.counters, ['dynamodb:UpdateItem'], counted);
    props.service.add(path, this.function);
  }
}
