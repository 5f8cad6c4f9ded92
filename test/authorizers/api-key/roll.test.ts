import { expect, test } from 'vitest';
import { memoryRegistry } from '../../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../../functions/adapters/system/randomness.ts';
import { admin } from '../../../functions/admin/admin.ts';
import { apiKeyAuthenticator } from '../../../functions/authorizers/api-key/authenticate.ts';
import { clientKind } from '../../../functions/core/clients/client-record.ts';
import { apiKeyKind } from '../../../functions/core/credentials/api-key-record.ts';
import { adminPorts } from '../../support/admin-ports.ts';
import { nothingRevoked } from '../../support/revocations.ts';

const audience = 'https://api.example';
const start = 1_800_000_000;
const format = { prefix: 'kw', environment: 'live' };
const audit = { write: () => undefined };

/** Operators and an authorizer over one table. */
function world() {
  const apiKeys = memoryRegistry(apiKeyKind);
  const clock = { seconds: start };
  const run = admin(
    adminPorts({
      clients: memoryRegistry(clientKind),
      apiKeys,
      keys: { read: async () => undefined },
      randomness: systemRandomness,
      clock: { now: () => clock.seconds },
      audit,
      limits: { grantTypes: [], accessTokenLifetimeMaxSeconds: 3_600 },
      defaultResource: audience,
      apiKeyFormat: format,
      publicationLeadSeconds: 0,
      publishedKeysMax: 10,
    }),
  );
  const authenticator = apiKeyAuthenticator({
    ...{ ...format, audience, audit, issuer: 'https://auth.example.com' },
    keys: apiKeys,
  });
  return {
    async operator(
      command: object,
    ): Promise<{ readonly key_id: string; readonly api_key: string }> {
      const answer = await run(command, 'r1');
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.result as { key_id: string; api_key: string };
    },
    async outcome(key: string, now: number): Promise<string> {
      const circumstances = {
        now,
        sourceIp: undefined,
        isReplayed: true,
        isStrict: false,
        revocations: nothingRevoked,
      };
      const authentication = await authenticator.authenticate(key, circumstances);
      return authentication.kind === 'rejected'
        ? authentication.reason
        : authentication.principal.subject;
    },
  };
}

test.each([0, 1, 60, 2_592_000])(
  'of a roll with %i seconds of grace both keys stand for one owner, and the old one ends to the second',
  async (grace) => {
    const { operator, outcome } = world();
    const old = await operator({ command: 'api-keys.create', name: 'report', owner: 'reports' });
    const next = await operator({ command: 'api-keys.roll', key_id: old.key_id, grace });
    const end = start + grace;
    const outcomes = [];
    for (const now of [end - 1, end, end + 1]) {
      outcomes.push([await outcome(old.api_key, now), await outcome(next.api_key, now)]);
    }
    expect(outcomes).toEqual([
      ['reports', 'reports'],
      ['key_expired', 'reports'],
      ['key_expired', 'reports'],
    ]);
  },
);

test('a key that was disabled, enabled and deleted is refused, let in and unknown', async () => {
  const { operator, outcome } = world();
  const { key_id, api_key } = await operator({ command: 'api-keys.create', name: 'report' });
  expect(await outcome(api_key, start)).toBe(`apikey:${key_id}`);
  await operator({ command: 'api-keys.disable', key_id });
  expect(await outcome(api_key, start)).toBe('key_disabled');
  await operator({ command: 'api-keys.enable', key_id });
  expect(await outcome(api_key, start)).toBe(`apikey:${key_id}`);
  await operator({ command: 'api-keys.delete', key_id });
  expect(await outcome(api_key, start)).toBe('key_unknown');
});
