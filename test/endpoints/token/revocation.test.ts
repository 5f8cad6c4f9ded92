import { describe, expect, test } from 'vitest';
import { memoryRevocationLog } from '../../../functions/adapters/memory/revocation-log.ts';
import { activeKeys } from '../../../functions/core/keys/key-ring.ts';
import {
  followRevocations,
  type RevocationFollower,
} from '../../../functions/core/revocation/follow-revocations.ts';
import type { LogEntry } from '../../../functions/core/revocation/log-entry.ts';
import { subjectMark } from '../../../functions/core/revocation/token-marks.ts';
import { ring } from '../../support/ring.ts';
import { basic, clientCredentials, now, ordersClient, world } from '../../support/world.ts';

const request = { headers: basic(), body: clientCredentials };

/** The token endpoint, and a log that a test writes to. */
function issuer(options: Parameters<typeof world>[0] = {}) {
  const log = memoryRevocationLog();
  const state = { isAway: false, serial: 0 };
  const revocations: RevocationFollower = followRevocations({
    log: {
      async read(from, to) {
        if (state.isAway) throw new Error('details of the log');
        return log.read(from, to);
      },
    },
    ...{ pollSeconds: 5, maxStaleSeconds: 0, keepSeconds: 3_728 },
  });
  const opened = world({ revocations, ...options });
  return {
    ...opened,
    state,
    async write(entry: LogEntry) {
      state.serial += 1;
      const at = opened.clock.seconds;
      await log.append({ ...entry, at, serial: `s${state.serial}`, expiresAt: at + 3_600 });
    },
  };
}

describe.each([
  ['client', { kind: 'client', id: ordersClient.clientId, cut: now + 9 }],
  ['subject', { kind: 'subject', id: subjectMark('', ordersClient.clientId), cut: now + 9 }],
] as const)('after a cut of a %s', (_level, entry) => {
  test('nothing is issued until it is past, because another issuer may not know of it yet', async () => {
    const { token, clock, write, audit } = issuer();
    await write(entry);
    expect(await token(request)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '10', 'cache-control': 'no-store' },
      body: { error: 'temporarily_unavailable' },
    });
    expect(audit.at(-1)).toMatchObject({ event: 'token_refused', reason: 'just_revoked' });
    clock.seconds = now + 9;
    expect(await token(request)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    clock.seconds = now + 10;
    const answer = await token(request);
    expect(answer.status).toBe(200);
    const [, payload = ''] = String(answer.body.access_token).split('.');
    const { iat } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(iat).toBeGreaterThan(entry.cut);
  });

  test('others are given tokens', async () => {
    const { token, write } = issuer();
    await write({ ...entry, id: 'another' });
    expect((await token(request)).status).toBe(200);
  });
});

describe('an issuer', () => {
  test('that cannot read the log gives out nothing that is older than a poll: it must know the cuts', async () => {
    const { token, state, clock, audit } = issuer();
    expect((await token(request)).status).toBe(200);
    state.isAway = true;
    clock.seconds += 4;
    expect((await token(request)).status).toBe(200);
    clock.seconds += 1;
    const answer = await token(request);
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { error: 'temporarily_unavailable' },
    });
    expect(answer.text).not.toContain('details');
    expect(audit.at(-1)).toMatchObject({ fault: 'the revocation log is unavailable' });
  });

  test('asks for the newer ring that the log names, and not before', async () => {
    const asked: (number | undefined)[] = [];
    const keys = {
      current: async (generation?: number) => {
        asked.push(generation);
        return ring;
      },
    };
    const { token, clock, write } = issuer({ keys });
    await token(request);
    await write({ kind: 'ring', id: '12' });
    clock.seconds += 5;
    await token(request);
    expect(asked).toEqual([0, 12]);
  });

  test('signs nothing with a key that was revoked, until there is another ring', async () => {
    const { token, clock, write, audit } = issuer();
    const active = activeKeys(ring).find(({ alg }) => alg === 'RS256');
    await write({ kind: 'key', id: active?.kid ?? '' });
    clock.seconds += 5;
    expect(await token(request)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(audit.filter(({ event }) => event === 'token_issued')).toEqual([]);
  });
});
