import type { Construct } from 'constructs';
import { RouteAuthorizer, type RouteAuthorizerProps } from './route-authorizer.ts';

/** A Lambda authorizer for Basic users (RFC 7617). It reads their hashes and counts failures. */
export class BasicAuthorizer extends RouteAuthorizer {
  constructor(scope: Construct, id: string, props: RouteAuthorizerProps) {
    super(scope, id, props, {
      bundle: 'basic-authorizer',
      description: 'Keyward: Basic authorizer',
      schemes: ['basic'],
    });
  }
}
