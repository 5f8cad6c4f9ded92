/** What another CDK app writes with: `import { JwtAuthorizer, … } from 'keyward'`. */

export type { ApiKeyFormat } from '../functions/core/credentials/api-key.ts';
export {
  defineRoutes,
  publicRoute,
  type RoutePolicy,
  type Routes,
  requires,
} from '../functions/core/routes/route-policy.ts';
export { auth0, cognito, entra, keycloak, okta } from '../functions/core/tokens/issuer-presets.ts';
export type { TrustedIssuer } from '../functions/core/tokens/trusted-issuer.ts';
export { ApiKeyAuthorizer } from './authorizers/api-key-authorizer.ts';
export { BasicAuthorizer } from './authorizers/basic-authorizer.ts';
export { CombinedAuthorizer } from './authorizers/combined-authorizer.ts';
export { JwtAuthorizer, type JwtAuthorizerProps } from './authorizers/jwt-authorizer.ts';
export { MtlsAuthorizer } from './authorizers/mtls-authorizer.ts';
export { RouteAuthorizer, type RouteAuthorizerProps } from './authorizers/route-authorizer.ts';
export type { Challenge } from './challenge.ts';
export type { GuardedHttpApi } from './guarded-http-api.ts';
export type { GuardedRestApi } from './guarded-rest-api.ts';
export type { GuardedWebSocketApi } from './guarded-websocket-api.ts';
export { identityHeaders, identityParameters } from './identity-headers.ts';
export { Keyward, type KeywardProps } from './keyward.ts';
export { type IKeyward, KeywardRef } from './keyward-ref.ts';
export { MutualTlsDomain, type MutualTlsDomainProps } from './mutual-tls-domain.ts';
export { ProtectedHttpApi, type ProtectedHttpApiProps } from './protected-http-api.ts';
export { ProtectedRestApi, type ProtectedRestApiProps } from './protected-rest-api.ts';
export {
  ProtectedWebSocketApi,
  type ProtectedWebSocketApiProps,
} from './protected-websocket-api.ts';
export { RevokedConnections, type RevokedConnectionsProps } from './revoked-connections.ts';
export type { Settings, StageKind } from './settings.ts';
export type { Tier, Tiers } from './tiers.ts';
