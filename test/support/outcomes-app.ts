import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpLambdaIntegration,
  WebSocketLambdaIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { defineRoutes, type Routes, requires } from '../../functions/core/routes/route-policy.ts';
import { CombinedAuthorizer } from '../../infra/authorizers/combined-authorizer.ts';
import { KeywardFunction } from '../../infra/function.ts';
import { Keyward } from '../../infra/keyward.ts';
import { MutualTlsDomain } from '../../infra/mutual-tls-domain.ts';
import { ProtectedHttpApi } from '../../infra/protected-http-api.ts';
import { ProtectedRestApi } from '../../infra/protected-rest-api.ts';
import { ProtectedWebSocketApi } from '../../infra/protected-websocket-api.ts';

/** What every credential of the outcomes must be good for. */
export const audience = 'https://outcomes.example';

export const strongAcr = 'urn:example:mfa';

/** Where scripts may read refusals, on the APIs that say so. */
export const scriptOrigin = 'https://app.example';

const inHeaders = ['bearer', 'apikey', 'basic'] as const;
const all = [...inHeaders, 'certificate'] as const;
const scopes = ['read'];
/** Addresses that nobody here has. */
const elsewhere = ['192.0.2.0/24'];
/** One call, and then none for a long while. */
const once = { perSecond: 0.001, burst: 1 };

const cached = { 'GET /cached': requires({ schemes: ['bearer', 'apikey'], scopes }) };

/** One route for each thing that a route can demand. */
const routes: Routes = {
  ...cached,
  'GET /uncached': requires({
    ...{ schemes: all, scopes },
    credentialIn: ['authorization', 'x-api-key'],
  }),
  'GET /from-elsewhere': requires({ schemes: all, ip: elsewhere }),
  'GET /once': requires({ schemes: all, rateLimit: once }),
  'GET /step-up': requires({ schemes: all, acr: strongAcr, maxAgeSeconds: 300 }),
  // A WebSocket API has this one route, so it demands everything.
  $connect: requires({ schemes: inHeaders, scopes, acr: strongAcr, rateLimit: once }),
};

const backend = `export const handler = async () => ({ statusCode: 200, headers: {}, body: '{}' });`;

/** The parameter that names the function of an authorizer. */
export function authorizerParameter(name: 'Routes' | 'Token' | 'Elsewhere'): string {
  return `/outcomes/${name}`;
}

/**
 * Synthesizes an API of each kind, made of the product's constructs over one route table, into a folder that is gone with
 * this process. The TOKEN API can have no route but the cached one.
 */
export function outcomesAssembly(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-outcomes-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outdir = join(folder, 'assembly');
  const { context } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'cdk.json'), 'utf8'),
  ) as { readonly context: Record<string, unknown> };
  const app = new App({ outdir, context });
  const stack = new Stack(app, 'Outcomes');
  const keyward = new Keyward(stack, 'Keyward', { stage: 'dev', defaultResource: audience });
  const code = mkdtempSync(join(folder, 'backend-'));
  writeFileSync(join(code, 'index.mjs'), backend);
  const answers = new KeywardFunction(stack, 'Backend', {
    ...{ bundle: Code.fromAsset(code), description: 'Answers 200 to everything' },
    ...{ memorySize: 128, timeoutSeconds: 5, environment: {} },
  });
  const integration = new LambdaIntegration(answers, { scopePermissionToMethod: false });
  const tiers = {
    default: { rateLimit: 10_000, burstLimit: 5_000 },
    slow: { rateLimit: 0.001, burstLimit: 1 },
    daily: { rateLimit: 100, burstLimit: 100, dailyQuota: 1 },
  };
  const authorizerOf = (name: Parameters<typeof authorizerParameter>[0], table: Routes) => {
    const made = new CombinedAuthorizer(stack, `${name}Authorizer`, {
      ...{ keyward, audience, routes: defineRoutes(table) },
      tiers: name === 'Elsewhere' ? {} : tiers,
    });
    new StringParameter(made, 'Arn', {
      parameterName: authorizerParameter(name),
      stringValue: made.function.functionArn,
    });
    return made;
  };
  const authorizer = authorizerOf('Routes', routes);
  const challenge = { realm: 'outcomes', allowOrigin: scriptOrigin };
  new ProtectedRestApi(stack, 'Rest', {
    ...{ authorizer, integration },
    challenge: {
      ...challenge,
      basic: true,
      resourceMetadata: 'https://outcomes.example/.well-known/oauth-protected-resource',
    },
  });
  new ProtectedRestApi(stack, 'StepUp', {
    ...{ authorizer, integration, challenge: { ...challenge, stepUpStatus: 401 } },
  });
  new ProtectedHttpApi(stack, 'Http', {
    ...{ authorizer, integration: new HttpLambdaIntegration('Answers', answers) },
  });
  new ProtectedWebSocketApi(stack, 'WebSocket', {
    authorizer,
    integration: () => new WebSocketLambdaIntegration('Answers', answers),
  });
  const partners = new ProtectedRestApi(stack, 'Partners', {
    ...{ authorizer, integration, challenge, disableExecuteApiEndpoint: true },
  });
  new MutualTlsDomain(stack, 'Domain', {
    domainName: 'partners.localhost',
    certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local',
    truststore: 's3://local/truststore.pem',
    api: partners.api,
  });
  new ProtectedRestApi(stack, 'Token', {
    ...{ authorizer: authorizerOf('Token', cached), integration, kind: 'token' },
  });
  new ProtectedWebSocketApi(stack, 'Elsewhere', {
    authorizer: authorizerOf('Elsewhere', {
      $connect: requires({ schemes: inHeaders, ip: elsewhere }),
    }),
    integration: () => new WebSocketLambdaIntegration('Answers', answers),
  });
  app.synth();
  return outdir;
}
