import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../functions/core/revocation/log-entry.ts';
import { subjectMark } from '../../../functions/core/revocation/token-marks.ts';
import { auth0 } from '../../../functions/core/tokens/issuer-presets.ts';
import { audience, gate, now } from '../../support/gate.ts';
import { activeKey } from '../../support/ring.ts';
import { bearerToken } from '../../support/tokens.ts';

const claims = { jti: 'j1', gid: 'g1', client_id: 'orders', sub: 'ann' };
const { kid } = activeKey('RS256');

const levels = {
  token: { dies: { kind: 'token', id: 'j1' }, lives: { kind: 'token', id: 'j2' } },
  grant: { dies: { kind: 'grant', id: 'g1' }, lives: { kind: 'grant', id: 'j1' } },
  client: {
    dies: { kind: 'client', id: 'orders', cut: now },
    lives: { kind: 'client', id: 'orders', cut: now - 1 },
  },
  subject: {
    dies: { kind: 'subject', id: subjectMark('', 'ann'), cut: now },
    lives: { kind: 'subject', id: subjectMark('', 'bob'), cut: now + 9 },
  },
  key: { dies: { kind: 'key', id: kid }, lives: { kind: 'key', id: 'another' } },
} as const;

describe.each(Object.entries(levels))('revoked by its %s', (_level, { dies, lives }) => {
  test('a token that was let in is refused a poll later, seen before or not', async () => {
    const { http, clock, revocations, last } = gate();
    const [seen, unseen] = [bearerToken(claims), bearerToken({ ...claims, scope: 'x' })];
    expect(await http(seen)).toMatchObject({ isAuthorized: true });
    await revocations.record(dies);
    clock.seconds += 4;
    expect(await http(seen)).toMatchObject({ isAuthorized: true });
    clock.seconds += 1;
    for (const token of [seen, unseen, seen]) {
      expect(await http(token)).toMatchObject({ isAuthorized: false });
      expect(last().reason).toBe('revoked');
    }
  });

  test('no other token is', async () => {
    const { http, clock, revocations } = gate();
    await revocations.record(lives);
    clock.seconds += 5;
    expect(await http(bearerToken(claims))).toMatchObject({ isAuthorized: true });
  });
});

describe('a cut', () => {
  test('kills what was issued at or before it, and nothing later', async () => {
    const { http, clock, revocations } = gate();
    await revocations.record({ kind: 'client', id: 'orders', cut: now + 9 });
    clock.seconds += 30;
    const outcome = async (iat: number) => {
      const answer = await http(bearerToken({ ...claims, iat: now + iat, exp: now + 600 }));
      return 'isAuthorized' in answer && answer.isAuthorized;
    };
    expect([await outcome(0), await outcome(9), await outcome(10)]).toEqual([false, false, true]);
  });
});

test('what is revoked is a token and no text of it: the other spelling of an ECDSA signature is dead too (RFC 7518 §3.4)', async () => {
  const { http, clock, revocations, last } = gate();
  const token = bearerToken(claims, 'ES256');
  const twin = otherSignature(token);
  expect(twin).not.toBe(token);
  for (const one of [token, twin]) expect(await http(one)).toMatchObject({ isAuthorized: true });
  await revocations.record({ kind: 'token', id: 'j1' });
  clock.seconds += 5;
  for (const one of [twin, token]) {
    expect(await http(one)).toMatchObject({ isAuthorized: false });
    expect(last().reason).toBe('revoked');
  }
});

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The same token with the other one of the two signatures that verify: r and the order of P-256 without s. */
function otherSignature(token: string): string {
  const [head, body, signature = ''] = token.split('.');
  const raw = Buffer.from(signature, 'base64url');
  const s = order - BigInt(`0x${raw.subarray(32).toString('hex')}`);
  const other = Buffer.concat([
    raw.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
  ]);
  return `${head}.${body}.${other.toString('base64url')}`;
}

describe('a token of another issuer', () => {
  const trusted = auth0({ domain: 'tenant.eu.auth0.com', audiences: [audience] });
  const theirs = trusted.issuer;

  async function world() {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid };
    const opened = gate({
      trustedIssuers: [trusted],
      source: { fetch: async () => ({ text: JSON.stringify({ keys: [jwk] }) }) },
    });
    const token = new SignJWT({ ...claims, azp: 'orders', aud: audience, iss: theirs })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
      .setIssuedAt(now)
      .setExpirationTime(now + 60);
    return { ...opened, token: `Bearer ${await token.sign(privateKey)}` };
  }

  test.each<LogEntry>([
    { kind: 'token', id: `${theirs} j1` },
    { kind: 'client', id: `${theirs} orders`, cut: now },
    { kind: 'subject', id: subjectMark(theirs, 'ann'), cut: now },
    { kind: 'key', id: `${theirs} ${kid}` },
  ])('is revoked by its $kind under the name of that issuer', async (entry) => {
    const { http, token, clock, revocations, last } = await world();
    expect(await http(token)).toMatchObject({ isAuthorized: true });
    await revocations.record(entry);
    clock.seconds += 5;
    expect(await http(token)).toMatchObject({ isAuthorized: false });
    expect(last().reason).toBe('revoked');
  });

  test('is not revoked by what has the same name here', async () => {
    const { http, token, clock, revocations } = await world();
    for (const { dies } of Object.values(levels)) await revocations.record(dies);
    clock.seconds += 5;
    expect(await http(token)).toMatchObject({ isAuthorized: true });
  });
});

test('a token of ours with a grant that is no name is malformed', async () => {
  const { http, last } = gate();
  for (const gid of ['', 7, null, ['g'], 'a\nb']) {
    await http(bearerToken({ ...claims, gid }));
    expect(last().reason).toBe('malformed');
  }
});

describe('the log', () => {
  test('is read once for many decisions, and not for what carries no credential', async () => {
    const { http, clock, revocations } = gate();
    await http(undefined);
    expect(revocations.reads).toBe(0);
    for (let i = 0; i < 50; i += 1) await http(bearerToken({ ...claims, jti: `j${i}` }));
    expect(revocations.reads).toBe(1);
    clock.seconds += 5;
    await http(bearerToken(claims));
    expect(revocations.reads).toBe(2);
  });

  test('that cannot be read is done without for a minute, and then there is no answer', async () => {
    const { http, clock, revocations, last } = gate();
    expect(await http(bearerToken(claims))).toMatchObject({ isAuthorized: true });
    revocations.isAway = true;
    clock.seconds += 59;
    expect(await http(bearerToken(claims))).toMatchObject({ isAuthorized: true });
    clock.seconds += 1;
    expect(await http(bearerToken(claims))).toEqual({ threw: 'Unavailable' });
    expect(last().reason).toBe('dependency_unavailable');
  });

  test('that was never read lets nobody in and refuses nobody', async () => {
    const { http, revocations } = gate();
    revocations.isAway = true;
    expect(await http(bearerToken(claims))).toEqual({ threw: 'Unavailable' });
  });

  test.each<LogEntry>([
    { kind: 'ring', id: '8' },
    { kind: 'key', id: 'another' },
  ])('that names a $kind has the key set read again', async (entry) => {
    const { http, clock, revocations, table } = gate();
    await http(bearerToken(claims));
    clock.seconds += 10;
    await http(bearerToken(claims));
    expect(table.reads).toBe(1);
    await revocations.record(entry);
    clock.seconds += 5;
    await http(bearerToken(claims));
    expect(table.reads).toBe(2);
  });
});
