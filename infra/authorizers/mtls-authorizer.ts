import type { Construct } from 'constructs';
import { RouteAuthorizer, type RouteAuthorizerProps } from './route-authorizer.ts';

/**
 * A Lambda authorizer for client certificates. API Gateway checks the chain against its truststore and never a revocation,
 * so what is not pinned, or was withdrawn, is refused here. Put it behind a domain with mutual TLS alone.
 */
export class MtlsAuthorizer extends RouteAuthorizer {
  constructor(scope: Construct, id: string, props: RouteAuthorizerProps) {
    super(scope, id, props, {
      bundle: 'mtls-authorizer',
      description: 'Keyward: mutual TLS authorizer',
      schemes: ['certificate'],
    });
  }
}
