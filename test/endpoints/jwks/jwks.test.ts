import { describe, expect, test } from 'vitest';
import type { PublishedKeySet } from '../../../functions/core/keys/published-keys.ts';
import { jwksEndpoint } from '../../../functions/endpoints/jwks/endpoint.ts';
import { httpEndpoint } from '../../../functions/gateway/http-endpoint.ts';
import { httpEvent } from '../../support/events/http-endpoint.ts';
import { ring } from '../../support/ring.ts';

function published(
  revision: number,
  states: readonly ('next' | 'active' | 'retired')[],
): PublishedKeySet {
  const keys = ring.keys.slice(0, states.length).map((key, i) => ({
    jwk: key.public,
    state: states[i] ?? 'next',
    publishedAt: 1,
  }));
  return { v: 1, generation: revision, revision, keys };
}

function world() {
  const state = {
    set: undefined as PublishedKeySet | undefined,
    isDown: false,
    reads: 0,
    now: 100,
  };
  const handler = httpEndpoint(
    jwksEndpoint({
      keys: {
        read: async () => {
          state.reads += 1;
          if (state.isDown) throw new Error('down');
          return state.set;
        },
      },
      clock: { now: () => state.now },
      audit: { write: () => {} },
      maxAgeSeconds: 300,
      contentType: 'application/jwk-set+json',
    }),
  );
  const get = (headers: Record<string, string> = {}) =>
    handler(httpEvent({ method: 'GET', path: '/.well-known/jwks.json', headers }));
  return { state, get };
}

describe('the JWK Set', () => {
  test('holds every published key, also one that is listed as retired while a rotation is half done (RFC 7517 §5)', async () => {
    const { state, get } = world();
    state.set = published(1, ['next', 'active', 'retired']);
    const answer = await get();
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'application/jwk-set+json',
        'cache-control': 'public, max-age=300, stale-if-error=86400',
      },
    });
    const { keys } = JSON.parse(answer.body ?? '') as { keys: Record<string, unknown>[] };
    expect(keys.map(({ kid }) => kid)).toEqual(state.set.keys.map(({ jwk }) => jwk.kid));
    for (const key of keys) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(key).not.toHaveProperty(secret);
      expect(key).toMatchObject({ use: 'sig', alg: expect.stringMatching(/^(RS|ES)256$/) });
    }
  });

  test('changes its entity tag with its keys, and is read from the table every few seconds at most', async () => {
    const { state, get } = world();
    state.set = published(1, ['next']);
    const first = await get();
    state.set = published(2, ['next', 'active']);
    expect((await get()).body).toBe(first.body);
    expect(state.reads).toBe(1);
    state.now += 5;
    const second = await get({ 'if-none-match': String(first.headers?.etag) });
    expect(second.statusCode).toBe(200);
    expect(second.headers?.etag).not.toBe(first.headers?.etag);
    expect(state.reads).toBe(2);
  });

  test('is served from the last copy while the table is away, and is 503 where there is none', async () => {
    const { state, get } = world();
    state.isDown = true;
    expect(await get()).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    state.isDown = false;
    expect((await get()).statusCode).toBe(503);
    state.set = published(1, ['active']);
    const good = await get();
    expect(good.statusCode).toBe(200);
    state.isDown = true;
    state.now += 3_600;
    expect((await get()).body).toBe(good.body);
  });
});
