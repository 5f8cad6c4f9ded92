import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { path, toEnv } from '../../functions/endpoints/token/config.ts';
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

export interface TokenEndpointProps {
  readonly service: TokenService;
  readonly issuer: string;
  readonly clients: TableReference;
  readonly verification: TableReference;
  readonly counters: TableReference;
  readonly ring: Secret;
  readonly settings: Settings;
  /** MiB. @default 1769, one vCPU: an RSA signature is what a token costs */
  readonly memorySize?: number;
}

/** Issues tokens. Its function reads clients and the current ring, and writes when it was used and when it read the log. */
export class TokenEndpoint extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: TokenEndpointProps) {
    super(scope, id);
    const { settings } = props;
    this.function = new KeywardFunction(this, 'Function', {
      bundle: 'token',
      description: 'Keyward: token endpoint',
      memorySize: props.memorySize ?? 1_769,
      timeoutSeconds: 10,
      environment: toEnv({
        issuer: props.issuer,
        clientsTable: props.clients.tableName,
        verificationTable: props.verification.tableName,
        countersTable: props.counters.tableName,
        ringSecret: props.ring.secretArn,
        accessTokenLifetimeSeconds: settings.accessTokenLifetimeSeconds,
        accessTokenLifetimeMaxSeconds: settings.accessTokenLifetimeMaxSeconds,
        clientCacheSeconds: settings.clientCacheSeconds,
        ringCacheSeconds: settings.ringCacheSeconds,
        ringHoldSeconds: settings.ringHoldSeconds,
        revocationPollSeconds: settings.revocationPollSeconds,
      }),
    });
    grantItems(this.function, props.clients, ['dynamodb:GetItem'], ['CL#*']);
    grantRevocationLog(this.function, props.verification);
    grantItems(
      this.function,
      props.counters,
      ['dynamodb:UpdateItem'],
      ['SEEN#secret#*', pollReports],
    );
    grantCurrentRing(this.function, props.ring);
    props.service.add(path, this.function);
  }
}
