import { refusal } from '../../core/errors.ts';
import { err, ok } from '../../core/result.ts';
import type { Grant } from '../../core/tokens/grant-type.ts';
import { grantedAudience } from '../../core/tokens/resource.ts';
import { grantedScope } from '../../core/tokens/scope.ts';

/** Scopes that only make sense where a user takes part (OpenID Connect Core §3.1.2.1, §11). */
const userScope = new Set(['openid', 'offline_access']);

/** Client credentials (RFC 6749 §4.4, OAuth 2.1 §4.2): a token for the client itself, never a refresh token. */
export const clientCredentials: Grant = {
  grantType: 'client_credentials',
  decide(request, client) {
    const scope = grantedScope(request.get('scope'), client);
    if (!scope.ok) return scope;
    if (scope.value.some((token) => userScope.has(token))) return err(refusal('scope_needs_user'));
    const audience = grantedAudience(request.all('resource'), client);
    if (!audience.ok) return audience;
    return ok({ subject: client.clientId, scope: scope.value, audience: audience.value });
  },
};
