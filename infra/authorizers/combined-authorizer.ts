import type { Construct } from 'constructs';
import { schemes } from '../../functions/core/routes/credential.ts';
import { believable, type JwtAuthorizerProps } from './jwt-authorizer.ts';
import { RouteAuthorizer } from './route-authorizer.ts';

/**
 * A Lambda authorizer that accepts any set of schemes per route. One credential decides, as what it says it is; two in one
 * request are refused. Its function may read what the schemes of its routes need.
 */
export class CombinedAuthorizer extends RouteAuthorizer {
  constructor(scope: Construct, id: string, props: JwtAuthorizerProps) {
    super(scope, id, props, {
      bundle: 'combined-authorizer',
      description: 'Keyward: combined authorizer',
      schemes,
      trustedIssuers: believable(props.trustedIssuers ?? []),
    });
  }
}
