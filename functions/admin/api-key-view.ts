import type { ApiKey } from '../core/credentials/api-key-record.ts';
import { endOfCredential } from '../core/credentials/credential-end.ts';
import { granteeView } from './grantee-command.ts';
import type { ApiKeyView } from './views.ts';

/** An API key as operators see it. Its hash stays where it is. */
export function apiKeyView(key: ApiKey, lastUsedAt?: number): ApiKeyView {
  const { keyId, start, name, usagePlanKey, replacedBy, graceUntil } = key;
  const end = graceUntil === undefined ? undefined : endOfCredential(key);
  return {
    key_id: keyId,
    start,
    name,
    ...granteeView(key),
    ...(usagePlanKey === undefined ? {} : { usage_plan_key: usagePlanKey }),
    ...(replacedBy === undefined ? {} : { replaced_by: replacedBy }),
    ...(end === undefined ? {} : { works_until: end }),
    ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt }),
  };
}
