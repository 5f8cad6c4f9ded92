import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpUrlIntegration,
  WebSocketMockIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, test } from 'vitest';
import { fromEnv } from '../../functions/authorizers/config.ts';
import { compileRoutes } from '../../functions/core/routes/compile-routes.ts';
import { schemes as allSchemes, type Scheme } from '../../functions/core/routes/credential.ts';
import {
  defineRoutes,
  publicRoute,
  type Requirement,
  type Routes,
  requires,
} from '../../functions/core/routes/route-policy.ts';
import { ApiKeyAuthorizer } from '../../infra/authorizers/api-key-authorizer.ts';
import { BasicAuthorizer } from '../../infra/authorizers/basic-authorizer.ts';
import { CombinedAuthorizer } from '../../infra/authorizers/combined-authorizer.ts';
import { JwtAuthorizer } from '../../infra/authorizers/jwt-authorizer.ts';
import { MtlsAuthorizer } from '../../infra/authorizers/mtls-authorizer.ts';
import type {
  RouteAuthorizer,
  RouteAuthorizerProps,
} from '../../infra/authorizers/route-authorizer.ts';
import { bundlesDirectory } from '../../infra/function.ts';
import { Keyward } from '../../infra/keyward.ts';
import { allowed, statementsOf } from './synthesized.ts';

const keysRead = 'Verification: dynamodb:GetItem JWKS';
const logFollowed = 'Verification: dynamodb:Query LOG#*';
const pollsTold = 'Counters: dynamodb:UpdateItem POLL#*';

/** Every construct, what it accepts, and what its function may do and is given. */
const kinds = [
  {
    ...{ Authorizer: JwtAuthorizer, bundle: 'jwt-authorizer', description: 'JWT', memory: 512 },
    ...{ schemes: ['bearer'], rights: [pollsTold, keysRead, logFollowed] },
  },
  {
    ...{ Authorizer: ApiKeyAuthorizer, bundle: 'api-key-authorizer', description: 'API key' },
    ...{ schemes: ['apikey'], memory: 512 },
    rights: ['Clients: dynamodb:GetItem AK#*', `${pollsTold} SEEN#*`, logFollowed],
  },
  {
    ...{ Authorizer: BasicAuthorizer, bundle: 'basic-authorizer', description: 'Basic' },
    ...{ schemes: ['basic'], memory: 1_769 },
    rights: [
      'Clients: dynamodb:GetItem BU#*',
      'Counters: dynamodb:GetItem LIM#basic#*',
      `${pollsTold} LIM#basic#*`,
      logFollowed,
    ],
  },
  {
    ...{ Authorizer: MtlsAuthorizer, bundle: 'mtls-authorizer', description: 'mutual TLS' },
    ...{ schemes: ['certificate'], memory: 512 },
    rights: ['Clients: dynamodb:GetItem CP#* CR#* CX#*', pollsTold, logFollowed],
  },
  {
    ...{ Authorizer: CombinedAuthorizer, bundle: 'combined-authorizer', description: 'combined' },
    ...{ schemes: allSchemes, memory: 1_769 },
    rights: [
      'Clients: dynamodb:GetItem AK#* BU#* CP#* CR#* CX#*',
      'Counters: dynamodb:GetItem LIM#basic#*',
      `${pollsTold} SEEN#* LIM#basic#*`,
      keysRead,
      logFollowed,
    ],
  },
] as const satisfies readonly {
  readonly Authorizer: new (...of: ConstructorParameters<typeof JwtAuthorizer>) => RouteAuthorizer;
  readonly schemes: readonly Scheme[];
  readonly [more: string]: unknown;
}[];

type Kind = (typeof kinds)[number];

function tableOf(schemes: readonly Scheme[], more: Partial<Requirement> = {}): Routes {
  // A WebSocket shows no certificate.
  const shown = schemes.filter((scheme) => scheme !== 'certificate');
  return defineRoutes({
    'GET /healthz': publicRoute(),
    'GET /orders': requires({ schemes, ...more }),
    ...(shown.length === 0 ? {} : { $connect: requires({ schemes: shown, ...more }) }),
  });
}

/** One authorizer beside its Keyward, in front of nothing yet. */
function alone(
  { Authorizer, schemes }: Pick<Kind, 'Authorizer' | 'schemes'>,
  props: Partial<RouteAuthorizerProps> = {},
) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const keyward = new Keyward(stack, 'Keyward');
  const authorizer = new Authorizer(stack, 'Authorizer', {
    ...{ keyward, audience: 'https://orders.example.com', routes: tableOf(schemes) },
    ...props,
  });
  return { app, stack, authorizer };
}

describe.each(kinds)('$Authorizer.name', (kind) => {
  const { Authorizer, bundle, description, memory, rights, schemes } = kind;
  const ours = `Keyward: ${description} authorizer`;

  test('may do what its schemes need, on the tables that hold it', () => {
    const statements = statementsOf(Template.fromStack(alone(kind).stack), ours);
    const rightsOnTables = statements.flatMap((statement) => {
      const [, table] =
        /Keyward(Clients|Verification|Counters)\w*","Arn"/.exec(
          JSON.stringify(statement.Resource),
        ) ?? [];
      return allowed([statement]).map((right) => `${table}: ${right}`);
    });
    expect(rightsOnTables.sort()).toEqual(rights);
  });

  test('may count calls where a route has a rate, and not otherwise', () => {
    const rateLimit = { perSecond: 1, burst: 2 };
    const limited = alone(kind, { routes: tableOf(schemes, { rateLimit }) });
    const may = (stack: Stack) => JSON.stringify(statementsOf(Template.fromStack(stack), ours));
    expect(may(limited.stack)).toContain('LIM#rate#*');
    expect(may(alone(kind).stack)).not.toContain('LIM#rate#*');
  });

  test('has the memory that it needs, or that it is given, and 5 seconds', () => {
    const given = (props: Partial<RouteAuthorizerProps>, MemorySize: number) =>
      Template.fromStack(alone(kind, props).stack).hasResourceProperties('AWS::Lambda::Function', {
        ...{ Description: ours, MemorySize, Timeout: 5 },
      });
    given({}, memory);
    given({ memorySize: 3_008 }, 3_008);
  });

  test('accepts the environment that its template gives it', () => {
    const template = Template.fromStack(alone(kind).stack);
    const [found] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { Description: ours } }),
    );
    const variables = Object.entries(
      found?.Properties.Environment.Variables as Record<string, unknown>,
    );
    const resolved = variables.map(([name, value]) => [
      name,
      typeof value === 'string' ? value : name === 'ISSUER' ? 'https://auth.example' : name,
    ]);
    expect(fromEnv(Object.fromEntries(resolved))).toEqual({
      ...{ issuer: 'https://auth.example', audience: 'https://orders.example.com' },
      connectionsTable: '',
      ...{ verificationTable: 'VERIFICATION_TABLE', clientsTable: 'CLIENTS_TABLE' },
      ...{ countersTable: 'COUNTERS_TABLE', clockSkewSeconds: 30 },
      ...{ accessTokenLifetimeMaxSeconds: 3_600, ringHoldSeconds: 86_400 },
      ...{ publishedKeysCacheSeconds: 300, credentialCacheSeconds: 60 },
      ...{ revocationPollSeconds: 5, revocationMaxStaleSeconds: 60 },
      ...{ apiKeyPrefix: 'kw', apiKeyEnvironment: 'live' },
    });
  });

  test('is its reviewed bundle, the compiled table, and nothing else', () => {
    const { app, stack } = alone(kind);
    const { directory } = app.synth();
    const template = Template.fromStack(stack);
    const [found] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { Description: ours } }),
    );
    const asset = join(directory, `asset.${found?.Properties.Code.S3Key.replace(/\.zip$/, '')}`);
    expect(readdirSync(asset).sort()).toEqual(['index.mjs', 'policy.json']);
    const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(sha256(join(asset, 'index.mjs'))).toBe(
      sha256(join(bundlesDirectory, bundle, 'index.mjs')),
    );
    const { obstacles: _o, silentRefusal: _s, ...table } = compileRoutes(tableOf(schemes));
    expect(JSON.parse(readFileSync(join(asset, 'policy.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify({ table, trustedIssuers: [], tiers: {} })),
    );
  });

  test('has the same code wherever it is assembled', () => {
    const code = () => {
      const found = Template.fromStack(alone(kind).stack).findResources('AWS::Lambda::Function', {
        Properties: { Description: ours },
      });
      return Object.values(found)[0]?.Properties.Code;
    };
    expect(code()).toEqual(code());
  });

  test.each(allSchemes)('takes %s, or refuses it by the name of the route', (scheme) => {
    const make = () => alone(kind, { routes: tableOf([schemes[0], scheme]) });
    if ((schemes as readonly Scheme[]).includes(scheme)) expect(make).not.toThrow();
    else {
      expect(make).toThrow(
        `route "GET /orders": this authorizer has no scheme ${scheme}, only ${schemes.join(', ')}; CombinedAuthorizer has all`,
      );
    }
  });

  /** A certificate is in no header that answers could be kept under, and a password must not be guessed in a cache. */
  const isReplayed = Authorizer === JwtAuthorizer || Authorizer === ApiKeyAuthorizer;
  const obstacle =
    Authorizer === BasicAuthorizer
      ? 'basic depends on failures and addresses'
      : 'a certificate is in no header';

  test('stands before a REST API, invoked for this authorizer alone', () => {
    const { stack, authorizer } = alone(kind);
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const guard = authorizer.guardRestApi(api, { realm: 'orders' });
    for (const path of ['healthz', 'orders']) {
      api.root
        .addResource(path)
        .addMethod('GET', new MockIntegration(), guard.methodOptions(`GET /${path}`));
    }
    const template = Template.fromStack(stack);
    const [[id, found] = []] = Object.entries(
      template.findResources('AWS::ApiGateway::Authorizer'),
    );
    expect(found?.Properties).toMatchObject({
      ...{ Type: 'REQUEST', AuthorizerResultTtlInSeconds: isReplayed ? 55 : 0 },
    });
    expect(found?.Properties.IdentitySource).toBe(
      isReplayed ? 'method.request.header.Authorization' : undefined,
    );
    template.resourceCountIs('AWS::ApiGateway::Authorizer', 1);
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: id },
    });
    template.hasResourceProperties('AWS::ApiGateway::Method', { AuthorizationType: 'NONE' });
    expect(invokers(template)).toEqual([expect.stringContaining(`/authorizers/,{"Ref":"${id}"}`)]);
  });

  test('stands before a REST API as a TOKEN authorizer, if one header decides', () => {
    const { stack, authorizer } = alone(kind);
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const guarding = () => authorizer.guardRestApi(api, { realm: 'orders' }, 'token');
    if (!isReplayed) {
      expect(guarding).toThrow(
        `GET /orders cannot be decided by one header alone, which is all that a TOKEN authorizer sees: ${obstacle}`,
      );
      return;
    }
    const guard = guarding();
    for (const path of ['healthz', 'orders']) {
      api.root
        .addResource(path)
        .addMethod('GET', new MockIntegration(), guard.methodOptions(`GET /${path}`));
    }
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      ...{ Type: 'TOKEN', IdentitySource: 'method.request.header.Authorization' },
      AuthorizerResultTtlInSeconds: 55,
    });
    expect(invokers(template)).toHaveLength(1);
  });

  test('stands before an HTTP API, with simple answers under credential and route', () => {
    const { stack, authorizer } = alone(kind);
    const api = new HttpApi(stack, 'Api');
    const guard = authorizer.guardHttpApi(api);
    for (const path of ['/healthz', '/orders']) {
      const integration = new HttpUrlIntegration('Backend', 'https://backend.example');
      api.addRoutes({
        path,
        methods: ['GET' as never],
        integration,
        authorizer: guard.authorizer(`GET ${path}`),
      });
    }
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      ...{ AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true },
      AuthorizerResultTtlInSeconds: isReplayed ? 55 : 0,
      IdentitySource: isReplayed
        ? ['$request.header.Authorization', '$context.routeKey']
        : Match.absent(),
    });
    const [id] = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'));
    expect(invokers(template)).toEqual([expect.stringContaining(`/authorizers/,{"Ref":"${id}"}`)]);
  });

  test('stands before the $connect of a WebSocket API, and wants no header there; one for certificates alone cannot', () => {
    const { stack, authorizer } = alone(kind);
    const api = new WebSocketApi(stack, 'Api');
    if (Authorizer === MtlsAuthorizer) {
      expect(() => authorizer.guardWebSocketApi(api)).toThrow('$connect has no policy');
      return;
    }
    const guard = authorizer.guardWebSocketApi(api);
    api.addRoute('$connect', {
      integration: new WebSocketMockIntegration('Mock'),
      authorizer: guard.authorizer(),
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      ...{ AuthorizerType: 'REQUEST', IdentitySource: Match.absent() },
      ...{ AuthorizerResultTtlInSeconds: Match.absent(), EnableSimpleResponses: Match.absent() },
    });
    const [id] = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'));
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      ...{ RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: id } },
    });
    expect(invokers(template)).toEqual([expect.stringContaining(`/authorizers/,{"Ref":"${id}"}`)]);
  });
});

/** On whose behalf API Gateway may invoke the authorizer. */
function invokers(template: Template): readonly string[] {
  const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
  return permissions
    .filter(({ Properties }) =>
      JSON.stringify(Properties.FunctionName).includes('AuthorizerFunction'),
    )
    .map(({ Properties }) =>
      JSON.stringify(Properties.SourceArn).replaceAll('"/authorizers/"', '/authorizers/'),
    );
}

test('a combined authorizer may read what its routes need, and not what it could accept', () => {
  const { stack } = alone(
    { Authorizer: CombinedAuthorizer, schemes: allSchemes },
    { routes: tableOf(['bearer']) },
  );
  const template = Template.fromStack(stack);
  expect(allowed(statementsOf(template, 'Keyward: combined authorizer'))).toEqual([
    'dynamodb:GetItem JWKS',
    'dynamodb:Query LOG#*',
    'dynamodb:UpdateItem POLL#*',
  ]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    ...{ Description: 'Keyward: combined authorizer', MemorySize: 512 },
  });
});
