import { isAlgorithm } from '../tokens/algorithm.ts';
import type { KeyRing, MacKey, PrivateJwk, RingKey } from './key-ring.ts';
import { parsePublicJwk } from './parse-public-jwk.ts';

/** What the text of the ring secret may be. */
export type ParsedRing =
  | { readonly kind: 'ring'; readonly ring: KeyRing }
  /** The text of the template: no ring was made yet. */
  | { readonly kind: 'sentinel' }
  /** Written by a newer version of this code: it must be left alone. */
  | { readonly kind: 'unknown_schema' }
  /** Not a ring. Says nothing more, because whatever could be said would quote the secret. */
  | { readonly kind: 'broken' };

const broken: ParsedRing = { kind: 'broken' };

/** Reads the text of the ring secret. Never throws; members that this schema does not name are dropped. */
export function parseRing(text: string): ParsedRing {
  const value = parseJson(text);
  if (!isRecord(value) || !Number.isSafeInteger(value.schema)) return broken;
  if (value.schema === 0) return Object.keys(value).length === 1 ? { kind: 'sentinel' } : broken;
  if (value.schema !== 1) return { kind: 'unknown_schema' };
  const ring = ringOf(value);
  return ring === undefined || !isSound(ring) ? broken : { kind: 'ring', ring };
}

function ringOf(value: Readonly<Record<string, unknown>>): KeyRing | undefined {
  const { generation, madeAt, madeFrom, leadWaived } = value;
  const keys = listOf(value.keys, keyOf);
  const mac = listOf(value.mac, macOf);
  if (keys === undefined || mac === undefined || !isCount(generation) || generation < 1) return;
  if (!isOptional(madeAt, isCount) || !isOptional(madeFrom, isText)) return;
  if (leadWaived !== undefined && leadWaived !== true) return;
  return {
    schema: 1,
    generation,
    ...(madeAt === undefined ? {} : { madeAt }),
    ...(madeFrom === undefined ? {} : { madeFrom }),
    ...(leadWaived === undefined ? {} : { leadWaived }),
    keys,
    mac,
  };
}

/** No `kid` and no MAC id twice, at most one key of each state that may sign per algorithm, something to sign with. */
function isSound({ keys, mac }: KeyRing): boolean {
  const signing = keys.filter(({ state }) => state !== 'retired');
  return (
    areUnique(keys.map(({ kid }) => kid)) &&
    areUnique(signing.map(({ alg, state }) => `${alg} ${state}`)) &&
    signing.some(({ state }) => state === 'active') &&
    areUnique(mac.map(({ id }) => id)) &&
    mac.filter(({ state }) => state === 'active').length === 1
  );
}

function keyOf(value: unknown): RingKey | undefined {
  if (!isRecord(value)) return;
  const { kid, alg, createdAt, state, until } = value;
  const publicJwk = parsePublicJwk(value.public);
  if (publicJwk === undefined || !isAlgorithm(alg) || !isCount(createdAt)) return;
  if (publicJwk.kid !== kid || publicJwk.alg !== alg) return;
  const facts = { kid, alg, createdAt, public: publicJwk };
  if (state === 'retired') {
    if (value.private !== undefined || !isOptional(until, isCount)) return;
    return { ...facts, state, ...(until === undefined ? {} : { until }) };
  }
  if ((state !== 'next' && state !== 'active') || until !== undefined) return;
  const { private: privateJwk } = value;
  if (!isPrivateJwk(privateJwk) || privateJwk.kty !== publicJwk.kty) return;
  return { ...facts, state, private: privateJwk };
}

function macOf(value: unknown): MacKey | undefined {
  if (!isRecord(value)) return;
  const { id, key, state, since, until, distrusted } = value;
  if (!isText(id) || typeof key !== 'string' || !/^[\w-]{43}$/.test(key)) return;
  if (!isCount(since) || !isOptional(until, isCount)) return;
  if (state !== 'retired' && (state !== 'active' || until !== undefined)) return;
  if (distrusted !== undefined && (distrusted !== true || state === 'active')) return;
  return {
    ...{ id, key, state, since },
    ...(until === undefined ? {} : { until }),
    ...(distrusted === undefined ? {} : { distrusted }),
  };
}

function isPrivateJwk(value: unknown): value is PrivateJwk {
  return isRecord(value) && isText(value.d) && Object.values(value).every(isText);
}

/** All entries read, or `undefined` when one of them cannot be, or when there is none. */
function listOf<T>(
  value: unknown,
  read: (entry: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const entries = value.map(read).filter((entry) => entry !== undefined);
  return entries.length === value.length ? entries : undefined;
}

function areUnique(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 4_096;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parser's own error would quote the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
