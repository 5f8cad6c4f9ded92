import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { path, toEnv } from '../../functions/endpoints/jwks/config.ts';
import { grantItems, KeywardFunction, type TableReference } from '../function.ts';
import type { TokenService } from '../token-service.ts';

export interface JwksEndpointProps {
  readonly service: TokenService;
  readonly verification: TableReference;
  readonly maxAgeSeconds: number;
  /** @default application/jwk-set+json */
  readonly contentType?: 'application/jwk-set+json' | 'application/json';
}

/** Serves the public JWK Set. Its function can read one partition of one table and nothing else. */
export class JwksEndpoint extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: JwksEndpointProps) {
    super(scope, id);
    this.function = new KeywardFunction(this, 'Function', {
      bundle: 'jwks',
      description: 'Keyward: JWK Set',
      memorySize: 256,
      timeoutSeconds: 5,
      environment: toEnv({
        verificationTable: props.verification.tableName,
        maxAgeSeconds: props.maxAgeSeconds,
        contentType: props.contentType ?? 'application/jwk-set+json',
      }),
    });
    grantItems(this.function, props.verification, ['dynamodb:GetItem'], ['JWKS']);
    props.service.add(path, this.function);
  }
}
