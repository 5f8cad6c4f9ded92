import type { Construct } from 'constructs';
import { RouteAuthorizer, type RouteAuthorizerProps } from './route-authorizer.ts';

/** A Lambda authorizer for Keyward's API keys. It reads their hashes and writes when one was last used, to the hour. */
export class ApiKeyAuthorizer extends RouteAuthorizer {
  constructor(scope: Construct, id: string, props: RouteAuthorizerProps) {
    super(scope, id, props, {
      bundle: 'api-key-authorizer',
      description: 'Keyward: API key authorizer',
      schemes: ['apikey'],
    });
  }
}
