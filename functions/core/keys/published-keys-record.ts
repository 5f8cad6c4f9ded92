import { CodedError } from '../coded-error.ts';
import { parsePublicJwk } from './parse-public-jwk.ts';
import type { PublishedKey, PublishedKeySet, RevokedKey } from './published-keys.ts';

/** The published set as a record of a store. */
export interface PublishedKeysRecord {
  readonly v: number;
  readonly generation: number;
  readonly revision: number;
  /** JSON of the array of keys. */
  readonly doc: string;
  /** JSON of the array of revoked keys; absent: none. */
  readonly revoked?: string;
}

/** A stored set that this code must not interpret. Never "no keys", and never "these keys". */
class UnreadableKeySet extends CodedError {
  override readonly name = 'UnreadableKeySet';
  override readonly code: 'unknown_schema' | 'broken';

  constructor(code: UnreadableKeySet['code']) {
    super(`the published key set is not readable: ${code}`);
    this.code = code;
  }
}

export function publishedKeysRecord(set: PublishedKeySet): PublishedKeysRecord {
  const { v, generation, revision, keys, revoked } = set;
  return {
    ...{ v, generation, revision, doc: JSON.stringify(keys) },
    ...(revoked === undefined ? {} : { revoked: JSON.stringify(revoked) }),
  };
}

/** Throws `UnreadableKeySet` for a newer schema and for everything that is not a set. */
export function parsePublishedKeys(record: PublishedKeysRecord): PublishedKeySet {
  const { v, generation, revision, doc } = record;
  if (v !== 1) throw new UnreadableKeySet(v > 1 ? 'unknown_schema' : 'broken');
  if (!isCount(generation) || !isCount(revision)) throw new UnreadableKeySet('broken');
  const entries = parseArray(doc);
  const keys = entries.map(parseKey).filter((key) => key !== undefined);
  const kids = new Set(keys.map(({ jwk }) => jwk.kid));
  if (keys.length !== entries.length || kids.size !== keys.length) {
    throw new UnreadableKeySet('broken');
  }
  const set: PublishedKeySet = { v: 1, generation, revision, keys };
  return record.revoked === undefined ? set : { ...set, revoked: parseRevoked(record.revoked) };
}

function parseRevoked(text: string): readonly RevokedKey[] {
  const entries = parseArray(text);
  const revoked = entries.map(parseRevokedKey).filter((key) => key !== undefined);
  if (revoked.length !== entries.length) throw new UnreadableKeySet('broken');
  return revoked;
}

function parseRevokedKey(value: unknown): RevokedKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, use, revokedAt, generation, endedAt } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || (use !== 'sig' && use !== 'mac')) return undefined;
  if (!isCount(revokedAt) || !isCount(generation)) return undefined;
  if (endedAt === undefined) return { id, use, revokedAt, generation };
  return isCount(endedAt) ? { id, use, revokedAt, generation, endedAt } : undefined;
}

function parseKey(value: unknown): PublishedKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { jwk, state, publishedAt, retiredAt } = value as Readonly<Record<string, unknown>>;
  const publicJwk = parsePublicJwk(jwk);
  if (publicJwk === undefined || !isCount(publishedAt)) return undefined;
  if (state !== 'next' && state !== 'active' && state !== 'retired') return undefined;
  if (retiredAt === undefined) return { jwk: publicJwk, state, publishedAt };
  return isCount(retiredAt) ? { jwk: publicJwk, state, publishedAt, retiredAt } : undefined;
}

function parseArray(text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableKeySet('broken');
  }
  if (Array.isArray(value)) return value;
  throw new UnreadableKeySet('broken');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
