import { describe, expect, test } from 'vitest';
import { memoryTokenBuckets } from '../../functions/adapters/memory/token-buckets.ts';
import { defineRoutes, requires } from '../../functions/core/routes/route-policy.ts';
import { gate } from '../support/gate.ts';
import { bearerToken } from '../support/tokens.ts';

const bearer = { schemes: ['bearer'] } as const;

describe('a strict route', () => {
  const routes = defineRoutes({
    'GET /strict': requires({ ...bearer, revocation: 'strict' }),
    'GET /normal': requires(bearer),
  });

  test('reads the log for each request, and refuses a token as soon as it is revoked', async () => {
    const { http, revocations, last } = gate({ routes });
    const token = bearerToken({ jti: 'j1' });
    for (const reads of [1, 2, 3]) {
      expect(await http(token, 'GET /strict')).toMatchObject({ isAuthorized: true });
      expect(revocations.reads).toBe(reads);
    }
    await revocations.record({ kind: 'token', id: 'j1' });
    expect(await http(token, 'GET /strict')).toMatchObject({ isAuthorized: false });
    expect(last().reason).toBe('revoked');
  });

  test('says that it cannot tell as soon as the log cannot be read, while others go on', async () => {
    const { http, revocations, last } = gate({ routes });
    const token = bearerToken();
    expect(await http(token, 'GET /normal')).toMatchObject({ isAuthorized: true });
    revocations.isAway = true;
    expect(await http(token, 'GET /strict')).toEqual({ threw: 'Unavailable' });
    expect(last().reason).toBe('dependency_unavailable');
    expect(await http(token, 'GET /normal')).toMatchObject({ isAuthorized: true });
  });
});

test('an ANY route has one rate for all verbs: a caller gains nothing by changing the verb', async () => {
  const routes = defineRoutes({
    'ANY /x': requires({ ...bearer, rateLimit: { perSecond: 1, burst: 3 } }),
  });
  const buckets = memoryTokenBuckets();
  const { http, last } = gate({ routes, buckets });
  const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'GET'];
  const outcomes: string[] = [];
  for (const verb of verbs) {
    await http(bearerToken(), `${verb} /x`, { routeKey: 'ANY /x' });
    outcomes.push(last().reason ?? last().outcome);
  }
  expect(outcomes).toEqual([
    ...['allow', 'allow', 'allow'],
    ...['rate_limited', 'rate_limited', 'rate_limited', 'rate_limited'],
  ]);
  const { rest, last: lastOnRest } = gate({ routes, buckets });
  await rest(bearerToken(), 'PURGE /x');
  expect(lastOnRest().reason).toBe('rate_limited');
});
