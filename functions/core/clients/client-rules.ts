import { humanNameRule, isHumanName } from '../human-name.ts';
import { isAlgorithm } from '../tokens/algorithm.ts';
import { isResourceIndicator, resourceValuesMax } from '../tokens/resource.ts';
import { isScopeToken } from '../tokens/scope.ts';
import {
  type Client,
  clientAuthenticationMethods,
  clientSecretsMax,
  isClientId,
} from './client.ts';

/** What the deployment says that clients must stay within. */
export interface ClientLimits {
  readonly grantTypes: readonly string[];
  readonly accessTokenLifetimeMaxSeconds: number;
}

/**
 * The first rule that a client record breaks, in words for the operator who is about to write it; `undefined` when it
 * is fine. Members are named as on the wire.
 */
export function brokenClientRule(client: Client, limits: ClientLimits): string | undefined {
  const { accessTokenLifetimeMaxSeconds: max } = limits;
  const { accessTokenLifetimeSeconds: lifetime, introspects = [] } = client;
  const isKnown = (grant: string) => limits.grantTypes.includes(grant);
  const rules: readonly (readonly [boolean, string])[] = [
    [isClientId(client.clientId), 'client_id may hold 1 to 128 of A-Z a-z 0-9 _ . ~ -'],
    [isHumanName(client.name), humanNameRule],
    [client.grantTypes.length > 0, 'grant_types must not be empty'],
    [client.grantTypes.every(isKnown), `grant_types may hold: ${limits.grantTypes.join(', ')}`],
    [
      client.authenticationMethods.length > 0 &&
        client.authenticationMethods.every((method) =>
          clientAuthenticationMethods.includes(method),
        ),
      `token_endpoint_auth_methods may hold: ${clientAuthenticationMethods.join(', ')}`,
    ],
    [
      client.scope.length <= 100 && client.scope.every(isScopeToken),
      'scope must be at most 100 scope tokens (RFC 6749 §3.3)',
    ],
    [
      client.defaultScope.every((token) => client.scope.includes(token)),
      'default_scope must be part of scope',
    ],
    [
      client.resources.length > 0 &&
        client.resources.length <= resourceValuesMax &&
        client.resources.every(isResourceIndicator),
      'resources must be 1 to 20 absolute URIs without a fragment (RFC 8707 §2)',
    ],
    [
      client.resources.includes(client.defaultResource),
      'default_resource must be one of resources',
    ],
    [
      introspects.length <= resourceValuesMax && introspects.every(isResourceIndicator),
      'introspects must be at most 20 absolute URIs without a fragment (RFC 8707 §2)',
    ],
    [isAlgorithm(client.signingAlgorithm), 'access_token_signing_alg must be RS256 or ES256'],
    [
      lifetime === undefined || (Number.isInteger(lifetime) && lifetime >= 1 && lifetime <= max),
      `access_token_lifetime must be 1 to ${max} seconds`,
    ],
    [client.secrets.length <= clientSecretsMax, `a client has at most ${clientSecretsMax} secrets`],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}
