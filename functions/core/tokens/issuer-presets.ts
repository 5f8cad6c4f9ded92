import type { TrustedIssuer } from './trusted-issuer.ts';

/** Providers that do not set `typ` on access tokens say so in other claims. */
const untyped = ['', 'jwt'] as const;

/**
 * Amazon Cognito user pool. Its access tokens carry `token_use`, and `client_id` instead of an audience.
 *
 * @param options.clientIds app clients whose tokens are accepted
 */
export function cognito(options: {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
}): TrustedIssuer {
  const issuer = `https://cognito-idp.${options.region}.amazonaws.com/${options.userPoolId}`;
  return {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    audiences: options.clientIds,
    audienceClaim: 'client_id',
    types: untyped,
    requiredClaims: { token_use: 'access' },
    rolesPath: ['cognito:groups'],
  };
}

/** Auth0 tenant. @param options.domain `tenant.eu.auth0.com`, or the custom domain */
export function auth0(options: {
  readonly domain: string;
  readonly audiences: readonly string[];
}): TrustedIssuer {
  const issuer = `https://${options.domain}/`;
  return {
    issuer,
    jwksUri: `${issuer}.well-known/jwks.json`,
    audiences: options.audiences,
    types: ['at+jwt', 'application/at+jwt', ...untyped],
    clientIdClaim: 'azp',
    scopeClaims: ['scope', 'permissions'],
    forbiddenClaims: ['nonce', 'at_hash'],
  };
}

/** Okta custom authorization server. @param options.authorizationServer `default`, or its id */
export function okta(options: {
  readonly domain: string;
  readonly authorizationServer?: string;
  readonly audiences: readonly string[];
}): TrustedIssuer {
  const issuer = `https://${options.domain}/oauth2/${options.authorizationServer ?? 'default'}`;
  return {
    issuer,
    jwksUri: `${issuer}/v1/keys`,
    audiences: options.audiences,
    types: ['at+jwt', 'application/at+jwt', 'application/okta-internal-at+jwt', ...untyped],
    clientIdClaim: 'cid',
    scopeClaims: ['scp'],
    requiredClaims: { cid: true },
    rolesPath: ['groups'],
    forbiddenClaims: ['nonce', 'at_hash'],
  };
}

/** Keycloak realm. Its access tokens say `Bearer` in a claim named `typ`. */
export function keycloak(options: {
  /** `https://id.example.com` or `https://id.example.com/auth` */
  readonly url: string;
  readonly realm: string;
  readonly audiences: readonly string[];
}): TrustedIssuer {
  const issuer = `${options.url.replace(/\/$/, '')}/realms/${options.realm}`;
  return {
    issuer,
    jwksUri: `${issuer}/protocol/openid-connect/certs`,
    audiences: options.audiences,
    types: ['at+jwt', ...untyped],
    clientIdClaim: 'azp',
    requiredClaims: { typ: 'Bearer' },
    rolesPath: ['realm_access', 'roles'],
  };
}

/** Microsoft Entra ID, tokens of version 2. @param options.audiences the API's client id, or its `api://` URI */
export function entra(options: {
  readonly tenantId: string;
  readonly audiences: readonly string[];
}): TrustedIssuer {
  const base = `https://login.microsoftonline.com/${options.tenantId}`;
  return {
    issuer: `${base}/v2.0`,
    jwksUri: `${base}/discovery/v2.0/keys`,
    audiences: options.audiences,
    types: untyped,
    clientIdClaim: 'azp',
    scopeClaims: ['scp'],
    rolesPath: ['roles'],
    // An ID token for an application that is its own API has the same audience, and a nonce only if one was sent.
    requiredClaims: { ver: '2.0', azp: true },
    forbiddenClaims: ['nonce', 'at_hash'],
  };
}
