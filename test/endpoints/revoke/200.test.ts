import { describe, expect, test } from 'vitest';
import { subjectMark } from '../../../functions/core/revocation/token-marks.ts';
import { forgedApiKey } from '../../support/forged-api-key.ts';
import { accessToken, done, forgedTokens, issuerWorld } from '../../support/issuer-world.ts';
import { basic, now, secret } from '../../support/world.ts';

const headers = basic();

describe('revoking an access token (RFC 7009)', () => {
  test.each([
    ['client_secret_basic', { headers }, {}],
    ['client_secret_post', {}, { client_id: 'orders', client_secret: secret }],
  ])(
    'with %s: 200 and a body that every client can read, and the log has it',
    async (_method, given, form) => {
      const { revoke, entries, audit } = issuerWorld();
      const answer = await revoke({ ...given, body: { token: accessToken(), ...form } });
      expect(answer).toMatchObject(done);
      // The most tolerant verifier lets the token in until then.
      expect(await entries()).toEqual([
        { kind: 'token', id: 'jti-1', at: now, serial: expect.any(String), expiresAt: now + 720 },
      ]);
      expect(audit).toEqual([
        {
          event: 'token_revoked',
          requestId: expect.any(String),
          sourceIp: '192.0.2.1',
          ...{ clientId: 'orders', secretId: 's1' },
          ...{ tokenKind: 'access_token', credential: 'jti-1' },
        },
      ]);
    },
  );

  test.each(['access_token', 'refresh_token', 'anything', ''])(
    'a hint is only a hint: %j finds it (RFC 7009 §2.1)',
    async (token_type_hint) => {
      const { revoke, entries } = issuerWorld();
      expect(
        await revoke({ headers, body: { token: accessToken(), token_type_hint } }),
      ).toMatchObject(done);
      expect(await entries()).toHaveLength(1);
    },
  );

  test('of any audience, of any algorithm, and one that is bound to a key', async () => {
    const { revoke, entries } = issuerWorld();
    const tokens = [
      accessToken({ jti: 'a', aud: ['https://else.example', 'https://more.example'] }),
      accessToken({ jti: 'b' }, 'ES256'),
      accessToken({ jti: 'c', cnf: { jkt: 'x' } }),
    ];
    for (const token of tokens) await revoke({ headers, body: { token } });
    expect((await entries()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('once more, and once more: the log has it, and nothing is written again', async () => {
    const { revoke, entries, audit } = issuerWorld();
    for (let i = 0; i < 3; i += 1) {
      expect(await revoke({ headers, body: { token: accessToken() } })).toMatchObject(done);
    }
    expect(await entries()).toHaveLength(1);
    expect(audit.map(({ event }) => event)).toEqual([
      ...['token_revoked', 'revocation_idle', 'revocation_idle'],
    ]);
    expect(audit[1]).toMatchObject({ clientId: 'orders', secretId: 's1', reason: 'revoked' });
  });

  test('twenty times at once: each is told 200, and the token is dead', async () => {
    const { revoke, introspect } = issuerWorld();
    const request = { headers, body: { token: accessToken() } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(request)));
    for (const answer of answers) expect(answer).toMatchObject(done);
    expect((await introspect(request)).text).toBe('{"active":false}');
  });

  test.each([
    ['by its subject', { kind: 'subject', id: subjectMark('', 'orders'), cut: now } as const],
    ['by its client', { kind: 'client', id: 'orders', cut: now } as const],
  ])('what is dead %s already is not written down again', async (_, entry) => {
    const { revoke, write, entries } = issuerWorld();
    await write(entry);
    expect(await revoke({ headers, body: { token: accessToken() } })).toMatchObject(done);
    expect(await entries()).toHaveLength(1);
  });

  test('one that has expired for others is written down until no verifier may take it', async () => {
    const { revoke, entries, audit } = issuerWorld();
    const revoked = async (exp: number) =>
      revoke({
        headers,
        body: { token: accessToken({ iat: now - 900, exp, jti: `until-${exp}` }) },
      });
    for (const exp of [now - 119, now - 120]) expect(await revoked(exp)).toMatchObject(done);
    expect((await entries()).map(({ id }) => id)).toEqual([`until-${now - 119}`]);
    expect(audit[1]).toMatchObject({ event: 'revocation_idle', reason: 'expired' });
  });
});

describe('there is nothing to revoke, and the answer is the same (RFC 7009 §2.2)', () => {
  const cases = forgedTokens();

  test('every forged token: 200, nothing is written, and the reason is in the log alone', async () => {
    const { revoke, entries, audit, asked } = issuerWorld();
    expect(cases.length).toBeGreaterThan(100);
    let revocable = 0;
    for (const { id, token } of cases) {
      const answer = await revoke({ headers, body: { token } });
      // An empty token, one with a control character or one too long is no request at all.
      if (answer.status === 400) continue;
      revocable += 1;
      expect([id, answer.status, answer.text]).toEqual([id, 200, '{}']);
    }
    expect(revocable).toBeGreaterThan(100);
    expect(await entries()).toEqual([]);
    expect(new Set(audit.map(({ event }) => event))).toEqual(
      new Set(['revocation_idle', 'revocation_refused']),
    );
    // Keys that were just read are not read again for every kid that somebody makes up.
    expect(asked.keyReads).toBeLessThanOrEqual(2);
  });

  test.each([
    ['garbage', 'garbage'],
    ['half a token', accessToken().slice(0, 60)],
    ['an ID token', accessToken().replace(/^[^.]+/, btoa('{"typ":"JWT","alg":"RS256"}'))],
    ['a token of another issuer', accessToken({ iss: 'https://else.example' })],
    ['a key that nobody has', forgedApiKey({ environment: 'live' })],
    ['a key of another deployment', forgedApiKey()],
    ['a client secret', secret],
  ])('%s', async (_name, token) => {
    const { revoke, entries, audit } = issuerWorld();
    expect(await revoke({ headers, body: { token } })).toMatchObject(done);
    expect(await entries()).toEqual([]);
    expect(audit).toMatchObject([{ event: 'revocation_idle', clientId: 'orders' }]);
    expect(JSON.stringify(audit)).not.toContain(token);
  });
});

test('the last use of the secret is noted, as at the token endpoint', async () => {
  const { revoke, lastUse } = issuerWorld();
  await revoke({ headers, body: { token: 'garbage' } });
  expect([...(await lastUse.read(['secret#orders#s1']))]).toEqual([['secret#orders#s1', now]]);
});
