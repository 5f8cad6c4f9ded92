import { describe, expect, test } from 'vitest';
import { accessToken, done, issuerWorld } from '../../support/issuer-world.ts';
import { basic } from '../../support/world.ts';

const headers = basic();
const unavailable = {
  status: 503,
  headers: { 'retry-after': '5', 'cache-control': 'no-store' },
  body: { error: 'temporarily_unavailable' },
};
const healed = { log: undefined, clients: false, apiKeys: undefined, keys: false } as const;

describe('no 200 without a durable write', () => {
  test.each([
    ['the log cannot be read', { log: 'read' }],
    ['the log cannot be written', { log: 'write, before' }],
    ['the log was written and nobody knows', { log: 'write, after' }],
    ['the public keys cannot be read', { keys: true }],
    ['clients cannot be looked up', { clients: true }],
  ] as const)('%s: 503, for an access token, and 200 when that is over', async (_name, outage) => {
    const { revoke, introspect, away, audit, clock } = issuerWorld();
    const request = { headers, body: { token: accessToken() } };
    Object.assign(away, outage);
    const answer = await revoke(request);
    expect(answer).toMatchObject(unavailable);
    expect(audit).toMatchObject([{ event: 'fault', where: 'revoke' }]);
    expect(answer.text + JSON.stringify(audit)).not.toContain('canary');
    Object.assign(away, healed);
    clock.seconds += 5;
    expect(await revoke(request)).toMatchObject(done);
    expect((await introspect(request)).text).toBe('{"active":false}');
  });

  test.each([
    ['the log can be read once, and then no more', { log: 'read' }],
    ['the public keys were read once', { keys: true }],
  ] as const)(
    '%s: what is known already does not do where it must be known now',
    async (_, outage) => {
      const { revoke, away, entries } = issuerWorld();
      const request = (jti: string) => ({ headers, body: { token: accessToken({ jti }) } });
      await revoke(request('one'));
      Object.assign(away, outage);
      const { status } = await revoke(request('two'));
      // A key set of a moment ago says as well who signed; the log of a moment ago does not say what is revoked.
      expect([status, (await entries()).length]).toEqual('log' in outage ? [503, 1] : [200, 2]);
    },
  );

  test.each([
    ['the record cannot be read', { apiKeys: 'read' }],
    ['the record cannot be written', { apiKeys: 'write' }],
    ['the change cannot be announced', { log: 'write, before' }],
    ['nobody knows whether it was announced', { log: 'write, after' }],
  ] as const)('%s: 503, for an API key, which works still', async (_name, outage) => {
    const { revoke, away, apiKey, storedKey } = issuerWorld();
    const { key, keyId } = await apiKey();
    Object.assign(away, outage);
    expect(await revoke({ headers, body: { token: key } })).toMatchObject(unavailable);
    expect(await storedKey(keyId)).toMatchObject({ status: 'enabled' });
    Object.assign(away, healed);
    expect(await revoke({ headers, body: { token: key } })).toMatchObject(done);
    expect(await storedKey(keyId)).toMatchObject({ status: 'disabled' });
  });

  test('an API key that somebody removes in between: 503, and nothing left to do when asked again', async () => {
    const { revoke, apiKey, removeKey, away } = issuerWorld();
    const { key, keyId } = await apiKey();
    away.beforeWithdrawal = () => removeKey(keyId);
    expect(await revoke({ headers, body: { token: key } })).toMatchObject(unavailable);
    expect(await revoke({ headers, body: { token: key } })).toMatchObject(done);
  });
});
