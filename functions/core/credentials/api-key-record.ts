import { humanNameRule, isHumanName } from '../human-name.ts';
import type { RecordKind } from '../records/record-kind.ts';
import { RecordReader } from '../records/record-reader.ts';
import { isApiKeyId } from './api-key.ts';
import { endOfCredential } from './credential-end.ts';
import { brokenGranteeRule, type Grantee, readGrantee } from './grantee.ts';

/** An API key as the Clients table keeps it: nothing in it is secret. */
export interface ApiKey extends Grantee {
  readonly keyId: string;
  /** What people call it. */
  readonly name: string;
  /** Everything of the key before its secret. */
  readonly start: string;
  /** base64url of SHA-256 of the whole key, which has 256 random bits. */
  readonly hash: string;
  /** Id of the key that took its place. */
  readonly replacedBy?: string;
  /** Epoch seconds from which on a replaced key is refused. */
  readonly graceUntil?: number;
  /** Value of the API Gateway API key under which the usage plan counts this caller. A label, not a credential. */
  readonly usagePlanKey?: string;
}

/** API keys in the Clients table. */
export const apiKeyKind: RecordKind<ApiKey> = {
  name: 'key',
  prefix: 'AK#',
  schema: 1,
  idOf: ({ keyId }) => keyId,
  parse(item) {
    const record = new RecordReader('key', item);
    const replacedBy = record.textOr('replacedBy', undefined);
    const graceUntil = record.integerOr('graceUntil', undefined);
    const usagePlanKey = record.textOr('usagePlanKey', undefined);
    return {
      ...readGrantee(record),
      keyId: record.text('keyId'),
      name: record.text('name'),
      start: record.text('start'),
      hash: record.digest('hash'),
      ...(replacedBy === undefined ? {} : { replacedBy }),
      ...(graceUntil === undefined ? {} : { graceUntil }),
      ...(usagePlanKey === undefined ? {} : { usagePlanKey }),
    };
  },
};

/** Why a key lets nobody in although its secret is right, wherever it is presented and wherever it comes from. */
export function apiKeyProblem(
  key: ApiKey,
  now: number,
): 'key_disabled' | 'key_expired' | undefined {
  const end = endOfCredential(key);
  if (key.status !== 'enabled') return 'key_disabled';
  return end !== undefined && now >= end ? 'key_expired' : undefined;
}

/** The first rule that an API key breaks, in words for the operator who is about to write it. */
export function brokenApiKeyRule(key: ApiKey): string | undefined {
  const { keyId, name, usagePlanKey } = key;
  const rules: readonly (readonly [boolean, string])[] = [
    [isApiKeyId(keyId), 'key_id must be 12 base58 digits'],
    [isHumanName(name), humanNameRule],
    [
      usagePlanKey === undefined || /^[!-~]{20,128}$/.test(usagePlanKey),
      'usage_plan_key must be the 20 to 128 characters of an API Gateway API key',
    ],
  ];
  return rules.find(([holds]) => !holds)?.[1] ?? brokenGranteeRule(key);
}
