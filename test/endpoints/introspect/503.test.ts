import { describe, expect, test } from 'vitest';
import { accessToken, issuerWorld } from '../../support/issuer-world.ts';
import { ring } from '../../support/ring.ts';
import { basic } from '../../support/world.ts';

const unavailable = {
  status: 503,
  headers: { 'retry-after': '5', 'cache-control': 'no-store', 'content-type': 'application/json' },
  body: { error: 'temporarily_unavailable' },
};
const signed = { accept: 'application/token-introspection+jwt' };

describe('whoever cannot tell says so: neither active nor not', () => {
  test.each([
    ['the log cannot be read', { log: 'read' }],
    ['the public keys cannot be read', { keys: true }],
    ['clients cannot be looked up', { clients: true }],
  ] as const)('%s', async (_name, outage) => {
    const { introspect, away, audit } = issuerWorld();
    Object.assign(away, outage);
    const answer = await introspect({ headers: basic(), body: { token: accessToken() } });
    expect(answer).toMatchObject(unavailable);
    expect(audit).toMatchObject([{ event: 'fault', where: 'introspect' }]);
    expect(answer.text + JSON.stringify(audit)).not.toContain('canary');
  });

  test('the log could be read a moment ago: not good enough', async () => {
    const { introspect, away } = issuerWorld();
    const request = { headers: basic(), body: { token: accessToken() } };
    expect((await introspect(request)).body).toMatchObject({ active: true });
    away.log = 'read';
    expect(await introspect(request)).toMatchObject(unavailable);
  });

  test('the record of an API key cannot be read', async () => {
    const { introspect, away, apiKey } = issuerWorld();
    const { key } = await apiKey();
    away.apiKeys = 'read';
    expect(await introspect({ headers: basic(), body: { token: key } })).toMatchObject(unavailable);
  });

  test('the ring cannot be read: no signed answer, and the plain one all the same', async () => {
    const { introspect, away } = issuerWorld();
    away.ring = true;
    const body = { token: accessToken() };
    expect(await introspect({ headers: { ...basic(), ...signed }, body })).toMatchObject(
      unavailable,
    );
    expect((await introspect({ headers: basic(), body })).body).toMatchObject({ active: true });
  });

  test('the key that signs was revoked: no signed answer', async () => {
    const { introspect, write } = issuerWorld();
    const kid = ring.keys.find((key) => key.alg === 'RS256' && key.state === 'active')?.kid ?? '';
    await write({ kind: 'key', id: kid });
    const body = { token: accessToken({}, 'ES256') };
    expect(await introspect({ headers: { ...basic(), ...signed }, body })).toMatchObject(
      unavailable,
    );
    expect((await introspect({ headers: basic(), body })).body).toMatchObject({ active: true });
  });
});
