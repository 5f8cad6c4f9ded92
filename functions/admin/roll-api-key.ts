import { type ApiKeyFormat, mintApiKey } from '../core/credentials/api-key.ts';
import { type ApiKey, brokenApiKeyRule } from '../core/credentials/api-key-record.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { Registry } from '../core/ports/registry.ts';
import { err, ok, type Result } from '../core/result.ts';
import { editRecord } from './edit-record.ts';
import { type AdminError, conflict, invalid, type Refused } from './verb.ts';

export interface Roll {
  readonly keyId: string;
  readonly now: number;
  /** Epoch seconds until which the old key works as well. */
  readonly graceUntil: number;
  /** When the new key expires; absent: when the old one would have. */
  readonly expiresAt: number | undefined;
}

export interface RollPorts {
  readonly apiKeys: Registry<ApiKey>;
  readonly randomness: Randomness;
  readonly apiKeyFormat: ApiKeyFormat;
  /** The answer where there is no such key. */
  readonly missing: Refused;
}

export interface Rolled {
  readonly old: ApiKey;
  readonly successor: ApiKey;
  /** The new key in clear. */
  readonly key: string;
}

/**
 * Puts a new key in the place of an old one. The new one is written first: whatever goes wrong between the two writes, the
 * old key goes on working, and all that may be left behind is a key whose secret nobody has ever seen. The message says
 * which. Of two who roll one key at once, one is refused.
 */
export async function rollApiKey(
  { apiKeys, randomness, apiKeyFormat, missing }: RollPorts,
  { keyId, now, graceUntil, expiresAt }: Roll,
): Promise<Result<Rolled, AdminError>> {
  const found = await apiKeys.read(keyId);
  if (found === undefined) return missing;
  const { key, ...minted } = mintApiKey(randomness, apiKeyFormat);
  const successor = successorOf(found.record, expiresAt, {
    ...minted,
    createdAt: now,
    updatedAt: now,
  });
  const refusal = rollable(found.record, successor, now);
  if (refusal !== undefined) return refusal;
  const broken = brokenApiKeyRule(successor);
  if (broken !== undefined) return invalid(broken);
  const created = await told(() => apiKeys.create(successor));
  if (created === undefined) return away(`if it is there, ${leftover()}, and try again`);
  if (!created) return conflict('the new key_id is taken: try again');
  const marked = await told(() =>
    editRecord(apiKeys, keyId, mark, { brokenRule: () => undefined, missing }),
  );
  if (marked === undefined) {
    return away(
      `if ${keyId} is replaced by ${successor.keyId} now, roll that one; if not, ${leftover()}, and try again`,
    );
  }
  if (marked.ok) return ok({ old: marked.value, successor, key });
  if (await told(() => apiKeys.remove(successor.keyId))) return marked;
  return err({ ...marked.error, message: `${marked.error.message}; ${leftover()}` });

  function mark(old: ApiKey): Result<ApiKey, AdminError> {
    return (
      rollable(old, successor, now) ??
      ok({ ...old, replacedBy: successor.keyId, graceUntil, updatedAt: now })
    );
  }

  function leftover(): string {
    return `delete ${successor.keyId}, whose secret nobody has`;
  }
}

/** What the store answers; `undefined` where it does not say whether it has written. */
async function told<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch {
    return undefined;
  }
}

function away(advice: string): Refused {
  return err({ code: 'unavailable', message: `a store could not answer: ${advice}` });
}

/** The same grantee under a new key. */
function successorOf(
  { replacedBy: _, graceUntil: _g, ...old }: ApiKey,
  expiresAt: number | undefined,
  members: Pick<ApiKey, 'keyId' | 'start' | 'hash' | 'createdAt' | 'updatedAt'>,
): ApiKey {
  return { ...old, ...members, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** Why a key is not rolled. Nobody gets a working key in the place of one that was switched off or has run out. */
function rollable(old: ApiKey, successor: ApiKey, now: number): Refused | undefined {
  if (old.replacedBy !== undefined && old.replacedBy !== successor.keyId) {
    return conflict(`the key was replaced by ${old.replacedBy} already: roll that one`);
  }
  if (old.status !== 'enabled') return conflict('the key is disabled: enable it first');
  if (successor.expiresAt !== undefined && successor.expiresAt <= now) {
    return conflict('the key has expired: say when the new one does (expires_in)');
  }
  return undefined;
}
