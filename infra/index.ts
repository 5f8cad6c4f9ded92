/** What another CDK app writes with: `import { JwtAuthorizer, … } from 'keyward'`. */

export { auth0, cognito, entra, keycloak, okta } from '../functions/core/issuer-presets.ts';
export {
  defineRoutes,
  publicRoute,
  type RoutePolicy,
  type Routes,
  requires,
} from '../functions/core/route-policy.ts';
export type { TrustedIssuer } from '../functions/core/trusted-issuer.ts';
export { JwtAuthorizer, type JwtAuthorizerProps } from './authorizers/jwt-authorizer.ts';
export type { GuardedHttpApi } from './guarded-http-api.ts';
export type { Challenge, GuardedRestApi } from './guarded-rest-api.ts';
export { Keyward, type KeywardProps } from './keyward.ts';
export { type IKeyward, KeywardRef } from './keyward-ref.ts';
export { ProtectedHttpApi, type ProtectedHttpApiProps } from './protected-http-api.ts';
export { ProtectedRestApi, type ProtectedRestApiProps } from './protected-rest-api.ts';
export type { Settings, StageKind } from './settings.ts';
