import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { paths, toEnv } from '../../functions/endpoints/metadata/config.ts';
import { KeywardFunction } from '../function.ts';
import type { TokenService } from '../token-service.ts';

export interface MetadataEndpointProps {
  readonly service: TokenService;
  readonly issuer: string;
  readonly scopesSupported: readonly string[];
  readonly maxAgeSeconds: number;
}

/** Serves the metadata documents. Its function may do nothing but log. */
export class MetadataEndpoint extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: MetadataEndpointProps) {
    super(scope, id);
    this.function = new KeywardFunction(this, 'Function', {
      bundle: 'metadata',
      description: 'Keyward: authorization server metadata',
      memorySize: 256,
      timeoutSeconds: 5,
      environment: toEnv({
        issuer: props.issuer,
        scopesSupported: props.scopesSupported,
        maxAgeSeconds: props.maxAgeSeconds,
      }),
    });
    for (const path of paths) props.service.add(path, this.function);
  }
}
