import type { Construct } from 'constructs';
import {
  brokenIssuerRule,
  type TrustedIssuer,
} from '../../functions/core/tokens/trusted-issuer.ts';
import { RouteAuthorizer, type RouteAuthorizerProps } from './route-authorizer.ts';

export interface JwtAuthorizerProps extends RouteAuthorizerProps {
  /** Other issuers whose tokens are accepted as well: `cognito({…})`, `auth0({…})`, … @default none */
  readonly trustedIssuers?: readonly TrustedIssuer[];
}

/** A Lambda authorizer for JWT access tokens (RFC 6750, RFC 9068). It reads the public keys and nothing else. */
export class JwtAuthorizer extends RouteAuthorizer {
  constructor(scope: Construct, id: string, props: JwtAuthorizerProps) {
    super(scope, id, props, {
      bundle: 'jwt-authorizer',
      description: 'Keyward: JWT authorizer',
      schemes: ['bearer'],
      trustedIssuers: believable(props.trustedIssuers ?? []),
    });
  }
}

/** Throws what is wrong with the first issuer that cannot be trusted. */
export function believable(issuers: readonly TrustedIssuer[]): readonly TrustedIssuer[] {
  for (const trusted of issuers) {
    const broken = brokenIssuerRule(trusted);
    if (broken !== undefined) throw new Error(`trustedIssuers: ${broken}`);
  }
  return issuers;
}
