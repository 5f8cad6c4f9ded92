import { hash } from 'node:crypto';
import { jsonLog } from '../../functions/adapters/log/json-log.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { AccessDecided } from '../../functions/core/audit.ts';
import { parseCertificate } from '../../functions/core/certificates/client-certificate.ts';
import { parseApiKey } from '../../functions/core/credentials/api-key.ts';
import { digest } from '../../functions/core/digest.ts';
import { drawnIds } from '../../functions/core/drawn-ids.ts';
import { presentedCredential } from '../../functions/core/routes/credential.ts';
import { exactPolicy } from '../../functions/core/routes/exact-policy/exact-policy.ts';
import { rememberedPolicies } from '../../functions/core/routes/exact-policy/remembered-policies.ts';
import type { Judgement } from '../../functions/core/routes/judgement.ts';
import type { Principal } from '../../functions/core/routes/principal.ts';
import { parseJwt } from '../../functions/core/tokens/jwt.ts';
import { authorizerContext } from '../../functions/gateway/authorizer-context.ts';
import { fitting } from '../../functions/gateway/fitting.ts';
import { httpAuthRequest } from '../../functions/gateway/http-authorizer.ts';
import { restAuthRequest } from '../../functions/gateway/rest-authorizer.ts';
import type { Contender } from '../measure/interleaved.ts';
import { authorized, httpEvents, restEvents, same } from './events.ts';
import { synchronous } from './operations.ts';
import type { DecisionWorld } from './world.ts';

const stageArn = 'arn:aws:execute-api:us-east-1:000000000000:abc123/prod';

/** What decisions are made of, one by one, each in microseconds of its own. Run from source, not from a bundle. */
export function pieces(world: DecisionWorld): readonly Contender[] {
  const { table } = world.policies.demo;
  if (table.policy === undefined) throw new Error('a table without a policy for the whole API');
  const policyOf = exactPolicy(table.policy);
  const knownPolicyOf = rememberedPolicies(policyOf);
  const granted = new Set(
    ['GET /orders', 'GET /orders/{id}', 'POST /orders'].map((key) =>
      table.policyRoutes.indexOf(key),
    ),
  );
  const token = same(world.token('RS256'));
  const authorization = same(`Bearer ${world.token('RS256')}`);
  const next = authorized(authorization);
  const restEvent = restEvents('GET /orders', next);
  const httpEvent = httpEvents('GET /orders', next);
  const request = restAuthRequest(restEvent() as Parameters<typeof restAuthRequest>[0]);
  const apiKey = same(world.apiKey);
  const pem = same(world.certificates.pinned);
  const principal = someone();
  const { issuer, subject } = principal;
  const judgement: Judgement & { readonly decisionId: string } = {
    decision: { outcome: 'allow', principal },
    ...{ cache: 'policy', granted, decisionId: 'AAECAwQFBgcICQoL' },
  };
  const record = recordOf(principal);

  return [
    piece('read a REST event', () =>
      restAuthRequest(restEvent() as Parameters<typeof restAuthRequest>[0]),
    ),
    piece('read an HTTP event', () =>
      httpAuthRequest(httpEvent() as Parameters<typeof httpAuthRequest>[0]),
    ),
    piece('find the credential', () => presentedCredential(request, ['authorization'])),
    piece('take a JWT apart', () => parseJwt(token())),
    piece('hash a token', () => digest(token())),
    piece('read an API key', () => parseApiKey(apiKey())),
    piece('parse a certificate', () => parseCertificate(pem())),
    piece('draw a decision id', drawnIds(systemRandomness, 16)),
    piece('hash the subject', () => hash('sha256', `${issuer}|${subject}`, 'hex').slice(0, 16)),
    piece('make the policy', () => policyOf(granted, stageArn)),
    piece('find the policy', () => knownPolicyOf(granted, stageArn)),
    piece('make the context, the first time', () =>
      authorizerContext({
        ...judgement,
        decision: { outcome: 'allow', principal: { ...principal } },
      }),
    ),
    piece('make the context and weigh it', () =>
      fitting({ context: authorizerContext(judgement) }),
    ),
    piece('render the log line', () => JSON.stringify(record)),
    { ...piece('write the log line', () => jsonLog.write(record)), isLogging: true },
  ];
}

function piece(name: string, operation: () => unknown): Contender {
  return synchronous(name, 'RS256', operation);
}

function someone(): Principal {
  return {
    scheme: 'bearer',
    issuer: 'https://auth.example.com',
    subject: 'c7f3a1d0b2',
    clientId: 'c7f3a1d0b2',
    scope: ['orders:read', 'orders:write'],
    roles: [],
    audience: ['https://orders.example.com'],
    credentialId: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
    expiresAt: 1_800_000_000,
    kid: 'tgYp1NhHsMi_5hZjFfKDuP1I3uZKZhgGSkX2FsGaIHo',
  };
}

function recordOf({ scheme, issuer, clientId, credentialId }: Principal): AccessDecided {
  return {
    event: 'access_decided',
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    sourceIp: '192.0.2.1',
    decisionId: 'AAECAwQFBgcICQoL',
    surface: 'rest-request',
    route: 'GET /orders',
    outcome: 'allow',
    ...{ scheme, issuer, clientId, subjectHash: '0123456789abcdef', credential: credentialId },
    kid: 'tgYp1NhHsMi_5hZjFfKDuP1I3uZKZhgGSkX2FsGaIHo',
    cache: 'policy',
    grantedRoutes: 3,
    latencyMs: 0.05,
    coldStart: false,
  };
}
