import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { apiKeyAuthenticator } from '../../functions/authorizers/api-key/authenticate.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { requires } from '../../functions/core/routes/route-policy.ts';
import type { AuthorizerEvent } from '../../functions/gateway/authorizer-surface.ts';
import { ordersRoutes } from '../../infra/demo/orders-routes.ts';
import { evaluatePolicy, parsePolicy } from '../../local/gateway/policy-evaluation.ts';
import { restAuthorizerEvent, tokenAuthorizerEvent } from '../support/events/authorizer.ts';
import { audience, type Gate, gate, issuer, now } from '../support/gate.ts';
import { bearerToken } from '../support/tokens.ts';

const stage = 'arn:aws:execute-api:us-east-1:000000000000:abc123/prod';
const scopes = ['orders:read', 'orders:write', 'orders:export', 'orders:admin', 'reports:read'];

/** The routes that a gateway may answer from its cache, and a request for each. */
const replayed: readonly (readonly [string, string])[] = [
  ['GET /orders', 'GET/orders'],
  ['POST /orders', 'POST/orders'],
  ['GET /orders/{id}', 'GET/orders/7'],
  ['GET /orders/export', 'GET/orders/export'],
];

const others = ['GET/whoami', 'DELETE/orders/7', 'GET/partners/me', 'GET/transfers'];

async function ask(
  handle: Gate['handle'],
  event: AuthorizerEvent,
): Promise<APIGatewayAuthorizerResult> {
  const answer = await handle(event);
  if (!('policyDocument' in answer)) throw new Error('no policy');
  return answer;
}

/** What API Gateway makes of an answer, now or when it replays it. */
function verdict({ policyDocument }: APIGatewayAuthorizerResult, request: string): string {
  const policy = parsePolicy(policyDocument);
  if (policy === undefined) throw new Error('no policy that API Gateway understands');
  return evaluatePolicy(policy, `${stage}/${request}`);
}

describe('an answer that serves the whole API', () => {
  test('is the same whichever route was asked first, context included', async () => {
    const { handle } = gate({ routes: ordersRoutes });
    const bearer = bearerToken({ scope: 'orders:read' });
    const answers = await Promise.all(
      replayed.map(([route]) => ask(handle, restAuthorizerEvent(route, bearer))),
    );
    const [first] = answers.map(({ context, ...answer }) => ({
      ...answer,
      context: { ...context, dec: '' },
    }));
    for (const { context, ...answer } of answers) {
      expect({ ...answer, context: { ...context, dec: '' } }).toEqual(first);
    }
    expect(first?.context).toMatchObject({ scp: 'orders:read', error: 'insufficient_scope' });
    expect(first?.context).not.toHaveProperty('scope');
  });

  test('opens what the scope covers and denies the rest explicitly, the export that a glob would open too', async () => {
    const { handle } = gate({ routes: ordersRoutes });
    const answer = await ask(
      handle,
      restAuthorizerEvent('GET /orders', bearerToken({ scope: 'orders:read' })),
    );
    expect(verdict(answer, 'GET/orders')).toBe('allow');
    expect(verdict(answer, 'GET/orders/7')).toBe('allow');
    for (const request of ['GET/orders/export', 'POST/orders', 'GET/orders/7/', 'GET/orders//7']) {
      expect(verdict(answer, request)).toBe('explicit-deny');
    }
    for (const request of others) expect(verdict(answer, request)).toBe('explicit-deny');
  });

  test('denies the export under every name that somebody could find for it', async () => {
    const { handle } = gate({ routes: ordersRoutes });
    const answer = await ask(
      handle,
      restAuthorizerEvent('GET /orders', bearerToken({ scope: 'orders:read' })),
    );
    for (const request of [
      ...['GET/orders/x/../export', 'GET/orders/./export', 'GET/orders/%2e%2e/orders/export'],
      ...['GET/orders/x/.%2E/export', 'GET/orders/..;/orders/export', 'GET/orders/x%2F..%2Fexport'],
      ...[
        'GET/orders/%65xport',
        'GET/orders/expor%74',
        'GET/orders/exp%6Frt',
        'GET/orders/exp%6frt',
      ],
      ...['GET/orders/export;a=1', 'GET/orders/export%2F', 'GET/orders/%2fexport', 'GET/orders/..'],
    ]) {
      expect([request, verdict(answer, request)]).toEqual([request, 'explicit-deny']);
    }
    for (const id of [
      'auth0%7C5f7c',
      'urn%3Aorder%3A7',
      'a%40b.example',
      'a%20b',
      '%C3%A9',
      '%2B%3D',
    ]) {
      expect([id, verdict(answer, `GET/orders/${id}`)]).toEqual([id, 'allow']);
    }
  });

  test('denies everything to a good credential that nothing is granted to', async () => {
    const { handle, last } = gate({ routes: ordersRoutes });
    const answer = await ask(
      handle,
      restAuthorizerEvent('GET /orders', bearerToken({ scope: 'x' })),
    );
    expect(answer.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: `${stage}/*` },
    ]);
    expect(last()).toMatchObject({
      outcome: 'deny',
      reason: 'insufficient_scope',
      cache: 'policy',
      grantedRoutes: 0,
    });
  });

  test('denies everything to a key that is bound to addresses: no answer of a cache may depend on one', async () => {
    const format = { prefix: 'kw', environment: 'live' };
    const keys = memoryRegistry(apiKeyKind);
    const { key, ...minted } = mintApiKey(systemRandomness, format);
    await keys.create({
      ...{ name: 'report', owner: 'reports', scope: ['orders:read'], resources: [audience] },
      ...{ status: 'enabled', createdAt: now, updatedAt: now, ...minted },
      addresses: ['192.0.2.0/24'],
    });
    const authenticators = [
      apiKeyAuthenticator({ ...{ keys, issuer, audience, ...format }, audit: { write: () => {} } }),
    ];
    const { handle, last } = gate({ routes: ordersRoutes, authenticators });
    for (const [route] of replayed.filter(([one]) => one.startsWith('GET'))) {
      const answer = await ask(handle, restAuthorizerEvent(route, `ApiKey ${key}`));
      expect(last()).toMatchObject({ reason: 'ip_denied', cache: 'policy' });
      // Whatever it does not mention would be open where a resource policy has an Allow.
      for (const request of [...replayed.map(([, one]) => one), ...others]) {
        expect(verdict(answer, request)).toBe('explicit-deny');
      }
    }
  });

  test('is not given for a bad credential, which is exactly "Unauthorized" and kept by nobody', async () => {
    const { handle } = gate({ routes: ordersRoutes });
    for (const bad of [undefined, 'Bearer x', `${bearerToken()}x`, 'Digest x', 'Basic eDp5']) {
      await expect(ask(handle, restAuthorizerEvent('GET /orders', bad))).rejects.toThrow(
        /^Unauthorized$/,
      );
    }
  });

  test('comes from a TOKEN event as well, which says nothing but the credential', async () => {
    const routes = Object.fromEntries(
      Object.entries(ordersRoutes).filter(([route]) =>
        [...replayed.map(([key]) => key), 'GET /healthz'].includes(route),
      ),
    );
    const { handle } = gate({ routes });
    const bearer = bearerToken({ scope: 'orders:read orders:export' });
    const byToken = await ask(handle, tokenAuthorizerEvent(bearer, 'GET/orders'));
    const byRequest = await ask(handle, restAuthorizerEvent('GET /orders', bearer));
    expect(byToken.policyDocument).toEqual(byRequest.policyDocument);
    expect(byToken.principalId).toBe(byRequest.principalId);
    expect(verdict(byToken, 'GET/orders/export')).toBe('allow');
    await expect(ask(handle, tokenAuthorizerEvent('Bearer nonsense'))).rejects.toThrow(
      /^Unauthorized$/,
    );
  });

  test('a route of the other authorizer is answered alone, and never opened by the cached answer', async () => {
    const { handle, last } = gate({ routes: ordersRoutes });
    const bearer = bearerToken({ scope: scopes.join(' ') });
    const alone = await ask(handle, restAuthorizerEvent('DELETE /orders/{id}', bearer));
    expect(alone.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${stage}/DELETE/orders/*` },
    ]);
    expect(last().cache).toBe('none');
    const cached = await ask(handle, restAuthorizerEvent('GET /orders', bearer));
    for (const request of others) expect(verdict(cached, request)).toBe('explicit-deny');
  });

  test('a refusal of one route is a no to all spellings of it, which a resource policy might allow', async () => {
    const routes = {
      'DELETE /orders': requires({ schemes: ['bearer'], revocation: 'strict', scopes: ['x'] }),
      'GET /orders': requires({ schemes: ['bearer'], ip: ['198.51.100.0/24'] }),
      'GET /{proxy+}': requires({ schemes: ['bearer'] }),
      'GET /users/{id}': requires({ schemes: ['bearer'], scopes: ['users'] }),
    };
    const { handle, last } = gate({ routes });
    for (const [route, request, reason] of [
      ['DELETE /orders', 'DELETE/orders', 'insufficient_scope'],
      ['GET /orders', 'GET/orders', 'ip_denied'],
      ['GET /users/{id}', 'GET/users/7', 'insufficient_scope'],
      ['PUT /nowhere', 'PUT/nowhere', 'route_not_declared'],
    ] as const) {
      const answer = await ask(handle, restAuthorizerEvent(route, bearerToken({ scope: 'y' })));
      expect(last().reason).toBe(reason);
      for (const spelling of [request, `${request}/`, request.toLowerCase(), `${request};a=1`]) {
        expect(verdict(answer, spelling)).toBe('explicit-deny');
      }
    }
  });

  test('says of every route what an HTTP API is told for that route, for any scope', async () => {
    const { handle } = gate({ routes: ordersRoutes });
    const { http } = gate({ routes: ordersRoutes });
    await fc.assert(
      fc.asyncProperty(fc.subarray(scopes), fc.constantFrom(...replayed), async (held, [first]) => {
        const bearer = bearerToken({ scope: held.join(' ') || 'none' });
        const answer = await ask(handle, restAuthorizerEvent(first, bearer));
        for (const [route, request] of replayed) {
          const simple = await http(bearer, route);
          expect(verdict(answer, request) === 'allow').toBe(
            'isAuthorized' in simple && simple.isAuthorized,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test('fits the gateway: no more than 8 KB, no ARN of more than 512 characters', async () => {
    const { handle } = gate({ routes: ordersRoutes });
    const bearer = bearerToken({ scope: scopes.join(' ') });
    const answer = await ask(handle, restAuthorizerEvent('GET /orders', bearer));
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(8_192);
    const resources = answer.policyDocument.Statement.flatMap((statement) =>
      'Resource' in statement ? [statement.Resource].flat() : [],
    );
    for (const resource of resources) expect(String(resource).length).toBeLessThanOrEqual(512);
  });

  test('is withheld where it is larger than the gateway takes, which would be a 500 without a word', async () => {
    const routes = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `GET /collection-${index}/{id}`,
        requires({ schemes: ['bearer'], scopes: [`s${index}`] }),
      ]),
    );
    const { handle } = gate({ routes });
    const [route = ''] = Object.keys(routes);
    const inStage = (name: string) =>
      restAuthorizerEvent(route, bearerToken({ scope: 's0' }), {
        methodArn: `arn:aws:execute-api:us-east-1:000000000000:abc123/${name}/GET/collection-0/7`,
      });
    const fits = await ask(handle, inStage('a'.repeat(20)));
    expect(Buffer.byteLength(JSON.stringify(fits))).toBeLessThan(8_192);
    await expect(ask(handle, inStage('a'.repeat(128)))).rejects.toThrow('does not fit');
  });
});
