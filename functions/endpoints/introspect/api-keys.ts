import type { ApiKeyFormat } from '../../core/credentials/api-key.ts';
import { type ApiKey, apiKeyProblem } from '../../core/credentials/api-key-record.ts';
import { endOfCredential } from '../../core/credentials/credential-end.ts';
import { findApiKey } from '../../core/credentials/find-api-key.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import { ok } from '../../core/result.ts';
import type { TokenFinder } from '../token-finder.ts';
import type { IntrospectableToken } from './endpoint.ts';

/** API keys of this deployment. Of one that is bound to addresses nobody can say here where it came from: it is not active. */
export function introspectableApiKeys(
  issuer: string,
  format: ApiKeyFormat,
  keys: Lookup<ApiKey>,
): TokenFinder<IntrospectableToken> {
  return {
    async find(presented, now) {
      const found = await findApiKey(presented, format, keys, true);
      if (!found.ok) return found;
      const key = found.value;
      const problem =
        apiKeyProblem(key, now) ?? (key.addresses.length > 0 ? 'ip_denied' : undefined);
      return ok({
        kind: 'api_key',
        id: key.keyId,
        clientId: key.owner,
        audience: key.resources,
        members: membersOf(key, issuer),
        ...(problem === undefined ? {} : { problem }),
      });
    },
  };
}

function membersOf(key: ApiKey, iss: string): Readonly<Record<string, unknown>> {
  const exp = endOfCredential(key);
  return {
    ...(key.scope.length === 0 ? {} : { scope: key.scope.join(' ') }),
    client_id: key.owner,
    sub: key.owner,
    aud: key.resources,
    iss,
    ...(exp === undefined ? {} : { exp }),
    iat: key.createdAt,
    key_id: key.keyId,
  };
}
