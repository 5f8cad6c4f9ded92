import { describe, expect, test } from 'vitest';
import { forgeries } from '../../support/forged-tokens.ts';
import { gate } from '../../support/gate.ts';

/** 403 is for who is known and may not; everything about a credential is 401. */
const unauthorized = { threw: 'Unauthorized' };

describe.each(['RS256', 'ES256'] as const)(
  'with %s, on a REST API and on an HTTP API (RFC 8725 §3, RFC 9068 §4)',
  (alg) => {
    const cases = forgeries(alg);
    const controls = cases.filter((one) => one.expect.length === 0);
    const bad = cases.filter((one) => one.expect.length > 0);

    test('the corpus is large enough, and no two cases are one', () => {
      expect(bad.length).toBeGreaterThanOrEqual(150);
      expect(controls.length).toBeGreaterThanOrEqual(15);
      expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    });

    test.each(controls)('$id is accepted', async ({ authorization }) => {
      const { rest, http } = gate();
      expect(await rest(authorization)).toMatchObject({ effect: 'Allow' });
      expect(await http(authorization)).toMatchObject({ isAuthorized: true });
    });

    test.each(bad)('$id is refused as $expect', async ({ authorization, expect: reasons }) => {
      const { rest, http, last, fetches, table, audit } = gate();
      expect(await rest(authorization)).toEqual(unauthorized);
      expect(reasons).toContain(last().reason);
      const answer = await http(authorization);
      expect(answer).toMatchObject({ isAuthorized: false });
      expect(reasons).toContain(last().reason);
      // Nothing is fetched for what a token says, and keys that were just read are not read again for a kid.
      expect(fetches).toEqual([]);
      expect(table.reads).toBeLessThanOrEqual(1);
      expect(audit.filter(({ event }) => event === 'fault')).toEqual([]);
    });
  },
);
