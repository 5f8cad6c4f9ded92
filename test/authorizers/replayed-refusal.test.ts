import { expect, test } from 'vitest';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { memoryTokenBuckets } from '../../functions/adapters/memory/token-buckets.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { apiKeyAuthenticator } from '../../functions/authorizers/api-key/authenticate.ts';
import { serve } from '../../functions/authorizers/serve.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { type ApiKey, apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { compileRoutes } from '../../functions/core/routes/compile-routes.ts';
import { ordersAudience as audience, ordersRoutes } from '../../infra/demo/orders-routes.ts';
import { evaluatePolicy, parsePolicy } from '../../local/gateway/policy-evaluation.ts';
import { restAuthorizerEvent } from '../support/events/authorizer.ts';
import { emptyLog } from '../support/revocations.ts';

const stage = 'arn:aws:execute-api:us-east-1:000000000000:abc123/prod';
const format = { prefix: 'kw', environment: 'live' };
const audit = { write: () => undefined };

test.each(['GET /orders', 'GET /orders/{id}', 'POST /orders'])(
  'a key that is tied to addresses is denied the whole API explicitly, because what %s is answered is replayed on every route',
  async (route) => {
    // Saying nothing of the others would open them, where a resource policy allows.
    const { key, ...minted } = mintApiKey(systemRandomness, format);
    const tied: ApiKey = {
      ...{ ...minted, name: 'tied', owner: 'reports', scope: ['orders:read'] },
      ...{ resources: [audience], status: 'enabled', addresses: ['192.0.2.0/24'] },
      ...{ createdAt: 1, updatedAt: 1 },
    };
    const handle = serve(
      {
        revocations: emptyLog(),
        authenticators: [
          apiKeyAuthenticator({
            ...{ ...format, audience, audit, issuer: 'https://auth.example.com' },
            keys: memoryRegistry(apiKeyKind, [tied]),
          }),
        ],
        ...{ buckets: memoryTokenBuckets(), audience },
        ...{ clock: { now: () => 2 }, randomness: systemRandomness, audit, stopwatch: () => 0 },
      },
      { table: compileRoutes(ordersRoutes), trustedIssuers: [], tiers: {} },
    );
    const answer = await handle(restAuthorizerEvent(route, `ApiKey ${key}`));
    const policy = parsePolicy('policyDocument' in answer ? answer.policyDocument : undefined);
    if (policy === undefined) throw new Error('no policy that API Gateway understands');
    for (const path of ['GET/orders', 'GET/orders/7', 'POST/orders', 'GET/orders/export', 'GET/']) {
      expect([path, evaluatePolicy(policy, `${stage}/${path}`)]).toEqual([path, 'explicit-deny']);
    }
    expect(answer.context).toMatchObject({ error: 'access_denied' });
  },
);
