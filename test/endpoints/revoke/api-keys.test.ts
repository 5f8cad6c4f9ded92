import { describe, expect, test } from 'vitest';
import { apiKeyKind } from '../../../functions/core/credentials/api-key-record.ts';
import { recordMark } from '../../../functions/core/records/record-kind.ts';
import { forgedApiKey } from '../../support/forged-api-key.ts';
import { done, issuerWorld } from '../../support/issuer-world.ts';
import { basic, now } from '../../support/world.ts';

const headers = basic();

describe('revoking an API key', () => {
  test('it is announced, then switched off, and let in nowhere from then on', async () => {
    const { revoke, introspect, apiKey, storedKey, entries, audit } = issuerWorld();
    const { key, keyId } = await apiKey();
    expect(await revoke({ headers, body: { token: key } })).toMatchObject(done);
    expect(await storedKey(keyId)).toMatchObject({ status: 'disabled', updatedAt: now });
    expect(await entries()).toMatchObject([{ kind: 'changed', id: recordMark(apiKeyKind, keyId) }]);
    expect(audit).toMatchObject([
      { event: 'token_revoked', tokenKind: 'api_key', credential: keyId, clientId: 'orders' },
    ]);
    expect(JSON.stringify(audit)).not.toContain(key.slice(-49));
    expect((await introspect({ headers, body: { token: key } })).text).toBe('{"active":false}');
  });

  test('again, or after its end: nothing is written', async () => {
    const { revoke, apiKey, entries, storedKey } = issuerWorld();
    const disabled = await apiKey({ status: 'disabled' });
    const expired = await apiKey({ expiresAt: now });
    const replaced = await apiKey({ replacedBy: 'x', graceUntil: now });
    for (const { key } of [disabled, expired, replaced]) {
      expect(await revoke({ headers, body: { token: key } })).toMatchObject(done);
    }
    expect(await entries()).toEqual([]);
    expect(await storedKey(expired.keyId)).toMatchObject({ status: 'enabled' });
  });

  test('a right id with a wrong secret revokes nothing', async () => {
    const { revoke, apiKey, storedKey, entries } = issuerWorld();
    const { keyId } = await apiKey();
    const token = forgedApiKey({ keyId, environment: 'live' });
    expect(await revoke({ headers, body: { token } })).toMatchObject(done);
    expect(await storedKey(keyId)).toMatchObject({ status: 'enabled' });
    expect(await entries()).toEqual([]);
  });

  test('one that is bound to addresses can be given back from anywhere', async () => {
    const { revoke, apiKey, storedKey } = issuerWorld();
    const { key, keyId } = await apiKey({ addresses: ['203.0.113.0/24'] });
    expect(await revoke({ headers, body: { token: key } })).toMatchObject(done);
    expect(await storedKey(keyId)).toMatchObject({ status: 'disabled' });
  });
});
