import { afterAll, describe, expect, test } from 'vitest';
import { authorizerStores } from '../../functions/adapters/dynamodb/authorizer-stores.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { apiKeyAuthenticator } from '../../functions/authorizers/api-key/authenticate.ts';
import { authorizer } from '../../functions/authorizers/authorizer.ts';
import { rateLimiter } from '../../functions/authorizers/rate-limit.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { lastUseNotes } from '../../functions/core/last-use-notes.ts';
import { compileRoutes } from '../../functions/core/routes/compile-routes.ts';
import type { Principal } from '../../functions/core/routes/principal.ts';
import { requires } from '../../functions/core/routes/route-policy.ts';
import { restAuthRequest } from '../../functions/gateway/rest-authorizer.ts';
import { restAuthorizerEvent } from '../support/events/authorizer.ts';
import { emptyLog } from '../support/revocations.ts';
import { httpAnswer, scriptedServer } from '../support/scripted-server.ts';

const now = 1_800_000_000;
const format = { prefix: 'kw', environment: 'live' };
const clock = { now: () => now };
const said = (type: string) =>
  httpAnswer(
    400,
    JSON.stringify({ __type: `com.amazon.coral.service#${type}`, message: 'canary' }),
  );
const denying = await scriptedServer(said('AccessDeniedException'));
const talking = await scriptedServer(said('kwcsCANARY'));
afterAll(async () => {
  await denying.stop();
  await talking.stop();
});

/** An authorizer, with its notes and limits, over a DynamoDB that answers nothing but errors. */
function world({ url }: { readonly url: string }) {
  const lines: AuditEvent[] = [];
  const audit = { write: (event: AuditEvent) => lines.push(event) };
  const stores = authorizerStores({
    env: {
      ...{ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: url },
      ...{ AWS_ACCESS_KEY_ID: 'canary', AWS_SECRET_ACCESS_KEY: 'canary' },
    },
    ...{
      clock,
      clientsTable: 'clients',
      connectionsTable: '',
      countersTable: 'counters',
      credentialCacheSeconds: 5,
    },
    ...{ verificationTable: 'verification', accessTokenLifetimeMaxSeconds: 3_600 },
    revocationPollSeconds: 5,
  });
  const decide = authorizer({
    revocations: emptyLog(),
    table: compileRoutes({ 'GET /orders': requires({ schemes: ['apikey'] }) }),
    authenticators: [
      apiKeyAuthenticator({
        ...{ ...format, audit, issuer: 'https://auth.example', audience: 'https://api.example' },
        keys: stores.lookup(apiKeyKind),
      }),
    ],
    ...{ clock, audit, randomness: systemRandomness, stopwatch: () => 0 },
  });
  return { lines, audit, stores, decide };
}

const behind = { cause: 'DynamoUnavailable', code: 'AccessDeniedException' };
const itself = { fault: 'DynamoUnavailable', code: 'AccessDeniedException' };

describe('a fault in the log of an authorizer', () => {
  test('says which store did not answer, and why', async () => {
    const { lines, decide } = world(denying);
    const { key } = mintApiKey(systemRandomness, format);
    await decide(restAuthRequest(restAuthorizerEvent('GET /orders', `ApiKey ${key}`)));
    expect(lines).toMatchObject([
      { event: 'fault', where: 'authorizer', fault: 'the Clients table is unavailable', ...behind },
      { event: 'access_decided', outcome: 'unavailable', reason: 'dependency_unavailable' },
    ]);
    expect(lines[0]).toHaveProperty('requestId', Reflect.get(lines[1] ?? {}, 'requestId'));
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  test('says why a use was not noted and a limit not asked', async () => {
    const { lines, audit, stores } = world(denying);
    await lastUseNotes(stores.lastUse, audit)('1KeywardDemo', now);
    const limiter = rateLimiter({ audience: 'https://a.example', buckets: stores.buckets, audit });
    const caller = { issuer: 'i', clientId: 'c', subject: 's' } as Principal;
    await limiter(caller, 'GET /orders', { perSecond: 1, burst: 1 }, now);
    expect(lines).toEqual([
      { event: 'fault', where: 'last use', ...itself },
      { event: 'fault', where: 'rate limit', ...itself },
    ]);
  });

  test('repeats no name of an error that it does not know', async () => {
    const { lines, audit, stores } = world(talking);
    await lastUseNotes(stores.lastUse, audit)('1KeywardDemo', now);
    const odd = Object.assign(new Error('canary'), { name: 'canary\n{', code: 'canary' });
    const broken = { note: () => Promise.reject(odd) };
    await lastUseNotes(broken, audit)('1KeywardDemo', now);
    expect(lines).toEqual([
      { event: 'fault', where: 'last use', fault: 'DynamoUnavailable', code: 'error answer' },
      { event: 'fault', where: 'last use', fault: 'Error' },
    ]);
  });
});
