/** What must hold at any instant of a ring's life, whatever fails: for tests to look at after every call. */
import { activeKeys, type KeyRing } from '../../functions/core/keys/key-ring.ts';
import { parseRing } from '../../functions/core/keys/parse-ring.ts';
import type { PublishedKeySet, RevokedKey } from '../../functions/core/keys/published-keys.ts';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import { algorithms } from '../../functions/core/tokens/algorithm.ts';

export const minutes: number = 60;
const hours = 3_600;
export const days: number = 86_400;

/** Longest lifetime of a token. */
export const tokenSeconds: number = hours;
/** Longest lifetime of a handle. */
export const handleSeconds: number = 20 * days;
/** Longest time for which a signer goes on with a ring that it cannot read again. */
export const holdSeconds: number = 24 * hours;
export const skewSeconds: number = 60;
export const leadSeconds: number = 24 * hours;

/** Something that must always hold did not. */
export class Broken extends Error {}

/** The ring of a text; `undefined` for a sentinel. Rings are read far more often than written. */
export function readRing(text: string): KeyRing | undefined {
  const parsed = parseRing(text);
  if (parsed.kind === 'ring') return parsed.ring;
  if (parsed.kind === 'sentinel') return undefined;
  throw new Broken(`the secret is ${parsed.kind}`);
}

/** The published set, as verifiers see it. */
interface Published {
  readonly keys: PublishedKeySet['keys'];
  readonly revoked: readonly RevokedKey[];
}

interface Observer {
  /** Throws `Broken` when something does not hold. @param text the secret in force */
  look(text: string, published: Published, log: readonly LoggedEntry[], now: number): void;
}

/** Remembers what signers hold and what callers carry, until it is dead, and which keys are dead for good. */
export function newObserver(): Observer {
  const held = new Map<string, { readonly ring: KeyRing; until: number }>();
  const tokens = new Map<string, number>();
  const handles = new Map<string, number>();
  /** Keys that were revoked, and when that has come to its end. */
  const revoked = new Map<string, RevokedKey>();
  /** Keys that need no lead: those of the first ring, and those that an emergency lets sign. */
  const exempt = new Set<string>();

  return {
    look(text, published, log, now) {
      const current = held.get(text)?.ring ?? readRing(text);
      // The token endpoint answers 503 until there is a ring.
      if (current === undefined) return;
      for (const key of published.revoked) revoked.set(key.id, { ...revoked.get(key.id), ...key });
      if (exempt.size === 0 || current.leadWaived === true) {
        for (const { kid } of activeKeys(current)) exempt.add(kid);
      }
      held.set(text, { ring: current, until: now + holdSeconds });
      const since = new Map(published.keys.map((key) => [key.jwk.kid, key.publishedAt]));
      for (const [each, { ring, until }] of held) {
        if (until < now) held.delete(each);
        else sign(ring, since, now);
      }
      for (const [kid, exp] of tokens) {
        if (exp <= now || revoked.has(kid)) tokens.delete(kid);
        else must(since.has(kid), `I2 ${kid} has living tokens but is not public`);
      }
      for (const [id, exp] of handles) {
        if (exp <= now) handles.delete(id);
        else must(hasMac(current, id), `I4 ${id} has living handles but is gone`);
      }
      must(published.keys.length <= 10, 'I5 more than ten public keys');
      const signing = activeKeys(current);
      for (const { jwk, retiredAt } of published.keys) {
        const isSigning = signing.some(({ kid }) => kid === jwk.kid);
        must(retiredAt === undefined || !isSigning, `I8 ${jwk.kid} signs after its end`);
      }
      must(signing.length === algorithms.length, 'I9 an algorithm has no key that signs');
      for (const key of revoked.values()) {
        if (key.endedAt !== undefined) gone(key, current, since, log);
      }
    },
  };

  function sign(ring: KeyRing, since: ReadonlyMap<string, number>, now: number): void {
    for (const key of ring.keys) {
      must(key.state !== 'retired' || !('private' in key), `I6 ${key.kid} kept its private half`);
    }
    for (const { kid } of activeKeys(ring)) {
      if (revoked.has(kid)) continue;
      const publishedAt = since.get(kid);
      if (publishedAt === undefined) throw new Broken(`I1 ${kid} signs but is not public`);
      must(exempt.has(kid) || now - publishedAt >= leadSeconds, `I3 ${kid} signs too early`);
      tokens.set(kid, now + tokenSeconds);
    }
    for (const { id, state } of ring.mac) {
      if (state === 'active') handles.set(id, now + handleSeconds);
    }
  }
}

/** A key whose revocation has ended is nowhere, and whoever follows the log was told. */
function gone(
  { id, use }: RevokedKey,
  current: KeyRing,
  since: ReadonlyMap<string, number>,
  log: readonly LoggedEntry[],
): void {
  must(!since.has(id), `IA ${id} was revoked and is public`);
  must(!current.keys.some(({ kid }) => kid === id), `IA ${id} was revoked and is in the ring`);
  const mac = current.mac.find((one) => one.id === id);
  must(mac === undefined || mac.distrusted === true, `IA ${id} was revoked and is trusted`);
  const isTold = log.some((entry) => entry.kind === 'key' && entry.id === id);
  must(use === 'mac' || isTold, `IB nobody was told that ${id} was revoked`);
}

function hasMac(ring: KeyRing, id: string): boolean {
  return ring.mac.some((mac) => mac.id === id);
}

function must(truth: boolean, text: string): void {
  if (!truth) throw new Broken(text);
}
