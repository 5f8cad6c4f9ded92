import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  apiPermission,
  invocationUri,
  lambdaFunction,
  writeAssembly,
} from '../support/assembly.ts';
import { certificateAuthority, expired } from '../support/certificates.ts';
import { echo, type GatewayWorld, gatewayWorld, programmable } from '../support/gateway-world.ts';

const worlds: GatewayWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

type Properties = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, object>>;

const domainName = 'api.example.test';
const authorization = 'method.request.header.Authorization';

const functions: Resources = {
  ...lambdaFunction('Backend', 'echo'),
  ...lambdaFunction('Auth', 'programmable'),
  ...apiPermission('Backend'),
  ...apiPermission('Auth'),
};

/** A REST API with `GET /`, `GET /orders/{id}`, and `GET /guarded` behind an authorizer that remembers. */
function restApi(id: string, properties: Properties = {}, authorizer: Properties = {}): Resources {
  const RestApiId = { Ref: id };
  const root = { 'Fn::GetAtt': [id, 'RootResourceId'] };
  const resource = (ParentId: object, PathPart: string) => ({
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId, ParentId, PathPart },
  });
  const method = (ResourceId: object, rest: Properties = { AuthorizationType: 'NONE' }) => ({
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      ...{ RestApiId, ResourceId, HttpMethod: 'GET', ...rest },
      Integration: { Type: 'AWS_PROXY', Uri: invocationUri('Backend') },
    },
  });
  return {
    [id]: { Type: 'AWS::ApiGateway::RestApi', Properties: properties },
    [`${id}Stage`]: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId, StageName: 'prod' },
    },
    [`${id}Authorizer`]: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        ...{ RestApiId, Type: 'REQUEST', AuthorizerUri: invocationUri('Auth') },
        ...{ IdentitySource: authorization, AuthorizerResultTtlInSeconds: 60, ...authorizer },
      },
    },
    [`${id}Orders`]: resource(root, 'orders'),
    [`${id}Order`]: resource({ Ref: `${id}Orders` }, '{id}'),
    [`${id}Guarded`]: resource(root, 'guarded'),
    [`${id}GetRoot`]: method(root),
    [`${id}GetOrder`]: method({ Ref: `${id}Order` }),
    [`${id}GetGuarded`]: method(
      { Ref: `${id}Guarded` },
      { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: `${id}Authorizer` } },
    ),
  };
}

/** An HTTP API with `GET /orders/{id}`, and `GET /guarded` behind an authorizer. */
function httpApi(id: string, properties: Properties = {}, version = '2.0'): Resources {
  const ApiId = { Ref: id };
  const route = (RouteKey: string, rest: Properties = {}) => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ...{ ApiId, RouteKey, ...rest },
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: `${id}Integration` }]] },
    },
  });
  return {
    [id]: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { ProtocolType: 'HTTP', ...properties },
    },
    [`${id}Stage`]: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId, StageName: '$default' },
    },
    [`${id}Authorizer`]: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ...{ ApiId, AuthorizerType: 'REQUEST', AuthorizerUri: invocationUri('Auth') },
        ...{ AuthorizerPayloadFormatVersion: version },
        IdentitySource: ['$request.header.Authorization'],
      },
    },
    [`${id}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ...{ ApiId, IntegrationType: 'AWS_PROXY', PayloadFormatVersion: version },
        IntegrationUri: { 'Fn::GetAtt': ['Backend', 'Arn'] },
      },
    },
    [`${id}GetOrder`]: route('GET /orders/{id}'),
    [`${id}GetGuarded`]: route('GET /guarded', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: `${id}Authorizer` },
    }),
  };
}

const truststore = { TruststoreUri: 's3://trust/clients.pem', TruststoreVersion: '1' };
const mutual = { MutualTlsAuthentication: truststore, SecurityPolicy: 'TLS_1_2' };

function restDomain(properties: Properties = mutual): Resources {
  return {
    Domain: {
      Type: 'AWS::ApiGateway::DomainName',
      Properties: {
        ...{ DomainName: domainName, RegionalCertificateArn: 'arn:aws:acm:::certificate/1' },
        ...{ EndpointConfiguration: { Types: ['REGIONAL'] }, ...properties },
      },
    },
  };
}

function httpDomain(properties: Properties = { MutualTlsAuthentication: truststore }): Resources {
  return {
    Domain: {
      Type: 'AWS::ApiGatewayV2::DomainName',
      Properties: {
        DomainName: domainName,
        DomainNameConfigurations: [
          { CertificateArn: 'arn:aws:acm:::certificate/1', EndpointType: 'REGIONAL' },
        ],
        ...properties,
      },
    },
  };
}

function basePath(api: string, properties: Properties = {}): Resources {
  return {
    [`${api}BasePath${String(properties.BasePath ?? '')}`]: {
      Type: 'AWS::ApiGateway::BasePathMapping',
      Properties: {
        ...{ DomainName: { Ref: 'Domain' }, RestApiId: { Ref: api }, Stage: 'prod' },
        ...properties,
      },
    },
  };
}

function apiMapping(api: string, Stage: string, properties: Properties = {}): Resources {
  return {
    [`${api}Mapping${String(properties.ApiMappingKey ?? '').replace('/', '')}`]: {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: { DomainName: { Ref: 'Domain' }, ApiId: { Ref: api }, Stage, ...properties },
    },
  };
}

async function domainWorld(...parts: readonly Resources[]): Promise<GatewayWorld> {
  const Resources = Object.assign({}, functions, ...parts) as Resources;
  const world = await gatewayWorld(writeAssembly({ Main: { Resources } }, { echo, programmable }));
  worlds.push(world);
  return world;
}

const allowAll = [
  'Authorization',
  JSON.stringify({
    answer: {
      principalId: 'me',
      policyDocument: {
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: 'ARN' }],
      },
    },
  }),
];

const kinds = [
  ['REST', () => [restApi('Api'), restDomain(), basePath('Api')]],
  ['HTTP', () => [httpApi('Api'), httpDomain(), apiMapping('Api', '$default')]],
] as const;

describe.each(kinds)('a domain of a %s API with a truststore', (_, parts) => {
  test('lets in whom the truststore vouches for', async () => {
    const world = await domainWorld(...parts());
    const certificate = await world.authority.issue({ commonName: 'partner' });
    const answer = await world.askDomain(domainName, '/orders/7', { certificate });
    expect([answer.status, headersOf(answer.json)]).toMatchObject([
      200,
      { 'x-forwarded-proto': 'https' },
    ]);
  });

  test('ends the handshake of everybody else, and asks no function', async () => {
    const world = await domainWorld(...parts());
    const { authority } = world;
    const foreign = await certificateAuthority('Somebody Else');
    // Same name, another key: who compares names alone would be fooled.
    const namesake = await certificateAuthority();
    const tomorrow = new Date(Date.now() + 24 * 3_600_000);
    for (const [certificate, problem] of [
      [undefined, 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'],
      [await foreign.issue({ commonName: 'partner' }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      [await namesake.issue({ commonName: 'partner' }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      [await authority.issue({ commonName: 'partner', ...expired() }), 'CERT_HAS_EXPIRED'],
      [await authority.issue({ commonName: 'partner', notBefore: tomorrow }), 'CERT_NOT_YET_VALID'],
      [await authority.issue({ commonName: 'partner', usage: 'server' }), 'INVALID_PURPOSE'],
    ] as const) {
      const asked = certificate === undefined ? {} : { certificate };
      await expect(world.askDomain(domainName, '/orders/7', asked)).rejects.toThrow();
      expect(world.logged.at(-1)).toBe(`a TLS handshake failed: ${problem}`);
    }
    expect(world.invoked).toEqual([]);
  });
});

describe('a client certificate', () => {
  let authority: Awaited<ReturnType<typeof certificateAuthority>>;
  beforeAll(async () => {
    authority = await certificateAuthority();
  });

  /** What an event says of a certificate, by Node's own reading of it. */
  const shown = (pem: string) => {
    const { serialNumber, validFrom, validTo, subject } = new X509Certificate(pem);
    return {
      clientCertPem: pem,
      subjectDN: subject,
      issuerDN: 'CN=Test CA',
      serialNumber: expect.stringMatching(/^[0-9a-f]{2}(:[0-9a-f]{2})*$/),
      validity: { notBefore: validFrom, notAfter: validTo },
      hex: serialNumber.toLowerCase(),
    };
  };
  const check = (actual: unknown, pem: string) => {
    const { hex, ...expected } = shown(pem);
    expect(actual).toEqual(expected);
    expect((actual as typeof expected).serialNumber.replaceAll(':', '')).toBe(hex);
  };

  test.each([
    ['REST API', 'identity', [restApi('Api'), restDomain(), basePath('Api')]],
    [
      'HTTP API of payload 2.0',
      'authentication',
      [httpApi('Api'), httpDomain(), apiMapping('Api', '$default')],
    ],
    [
      'HTTP API of payload 1.0',
      'identity',
      [httpApi('Api', {}, '1.0'), httpDomain(), apiMapping('Api', '$default')],
    ],
  ] as const)('of a %s is shown to authorizer and integration: %s', async (_, member, parts) => {
    const world = await domainWorld(...parts);
    const certificate = await world.authority.issue({
      commonName: 'partner',
      sans: { dns: ['partner.example'], uri: ['spiffe://example/partner'] },
    });
    const answer = await world.askDomain(domainName, '/guarded', {
      ...{ certificate, headers: allowAll },
    });
    expect([answer.status, world.invoked]).toEqual([200, ['Auth', 'Backend']]);
    for (const event of world.events) {
      const context = event.requestContext as Record<string, Record<string, unknown>>;
      check(context[member]?.clientCert, certificate.certificatePem);
    }
  });

  test('is shown for each request of a connection, and for a session that is resumed', async () => {
    // Otherwise a second request would look like one without a certificate.
    const world = await domainWorld(restApi('Api'), restDomain(), basePath('Api'));
    const certificate = await world.authority.issue({ commonName: 'partner' });
    for (const keepAlive of [true, false]) {
      const agent = new Agent({ keepAlive, maxSockets: 1 });
      const shown: unknown[] = [];
      for (const _ of ['first', 'second']) {
        const reply = await world.askDomain(domainName, '/orders/7', { certificate, agent });
        shown.push([reply.isResumed, subjectOf(reply.json)]);
      }
      agent.destroy();
      expect(shown).toEqual([
        [false, 'CN=partner'],
        [true, 'CN=partner'],
      ]);
    }
  });

  test.each([
    ['without a truststore', (world: GatewayWorld) => world.askDomain(domainName, '/orders/7')],
    ['at the API’s own endpoint', (world: GatewayWorld) => world.ask('/orders/7')],
  ])('is not there %s', async (_, ask) => {
    const rest = await domainWorld(restApi('Api'), restDomain({}), basePath('Api'));
    expect((await ask(rest)).json).toMatchObject({
      requestContext: { identity: { clientCert: null } },
    });
    const http = await domainWorld(httpApi('Api'), httpDomain({}), apiMapping('Api', '$default'));
    expect(
      ((await ask(http)).json as { requestContext: object }).requestContext,
    ).not.toHaveProperty('authentication');
  });

  test('is not asked for without a truststore, and not believed', async () => {
    const world = await domainWorld(restApi('Api'), restDomain({}), basePath('Api'));
    const certificate = await authority.issue({ commonName: 'partner' });
    expect((await world.askDomain(domainName, '/orders/7', { certificate })).json).toMatchObject({
      requestContext: { identity: { clientCert: null } },
    });
  });
});

describe('paths', () => {
  test('of a REST API: the base path is shown, but neither matched nor part of the method ARN', async () => {
    const world = await domainWorld(
      restApi('Api'),
      restDomain({}),
      basePath('Api', { BasePath: 'v1' }),
    );
    expect((await world.askDomain(domainName, '/v1/orders/7')).json).toMatchObject({
      resource: '/orders/{id}',
      path: '/v1/orders/7',
      pathParameters: { id: '7' },
      requestContext: {
        ...{ path: '/v1/orders/7', resourcePath: '/orders/{id}', stage: 'prod' },
        ...{ domainName, domainPrefix: 'api' },
      },
    });
    expect((await world.askDomain(domainName, '/v1')).json).toMatchObject({
      ...{ resource: '/', path: '/v1' },
    });
    await world.askDomain(domainName, '/v1/guarded', { headers: allowAll });
    expect(world.events.at(-2)).toMatchObject({
      ...{ type: 'REQUEST', path: '/v1/guarded', resource: '/guarded' },
      methodArn: expect.stringMatching(/^arn:[^/]+\/prod\/GET\/guarded$/),
    });
    // The stage belongs to the mapping; in the path it is a resource like any.
    expect((await world.askDomain(domainName, '/v1/prod/orders/7')).status).toBe(403);
  });

  test('of an HTTP API: the same, in the members of payload 2.0', async () => {
    const world = await domainWorld(
      httpApi('Api'),
      httpDomain({}),
      apiMapping('Api', '$default', { ApiMappingKey: 'orders/v1' }),
    );
    const path = '/orders/v1/orders/7';
    expect((await world.askDomain(domainName, path)).json).toMatchObject({
      ...{ routeKey: 'GET /orders/{id}', rawPath: path, pathParameters: { id: '7' } },
      requestContext: { domainName, domainPrefix: 'api', http: { path }, stage: '$default' },
    });
    await world.askDomain(domainName, '/orders/v1/guarded', { headers: allowAll });
    expect(world.events.at(-2)).toMatchObject({
      routeArn: expect.stringMatching(/^arn:[^/]+\/\$default\/GET\/guarded$/),
    });
  });

  test('lead to the longest base path that fits whole segments; elsewhere is Forbidden', async () => {
    const world = await domainWorld(
      restApi('Old'),
      restApi('New'),
      httpApi('Http'),
      restDomain({}),
      basePath('Old', { BasePath: 'v1' }),
      apiMapping('New', 'prod', { ApiMappingKey: 'v1/new' }),
      apiMapping('Http', '$default', { ApiMappingKey: 'http' }),
    );
    const apiIds = new Set<unknown>();
    for (const prefix of ['/v1', '/v1/new', '/http']) {
      const { json } = await world.askDomain(domainName, `${prefix}/orders/7`);
      apiIds.add((json as { requestContext: { apiId: string } }).requestContext.apiId);
    }
    expect(apiIds.size).toBe(3);
    for (const path of ['/', '/v10/orders/7', '/orders/7', '/V1/orders/7']) {
      const answer = await world.askDomain(domainName, path);
      expect([answer.status, answer.json]).toEqual([403, { message: 'Forbidden' }]);
    }
  });

  test('without a mapping for them go to the empty base path', async () => {
    const world = await domainWorld(
      restApi('Api'),
      restApi('Other'),
      restDomain({}),
      basePath('Api', { BasePath: '(none)' }),
      basePath('Other', { BasePath: 'other' }),
    );
    expect((await world.askDomain(domainName, '/orders/7')).json).toMatchObject({
      path: '/orders/7',
    });
  });

  test('share the caches of their API: an answer is replayed wherever a request comes in', async () => {
    const world = await domainWorld(restApi('Api'), restDomain({}), basePath('Api'));
    await world.ask('/guarded', { headers: allowAll });
    await world.askDomain(domainName, '/guarded', { headers: allowAll });
    expect(world.invoked).toEqual(['Auth', 'Backend', 'Backend']);
  });
});

describe('an API with DisableExecuteApiEndpoint', () => {
  const disabled = { DisableExecuteApiEndpoint: true };

  test.each([
    ['REST', [restApi('Api', disabled), restDomain(), basePath('Api')]],
    ['HTTP', [httpApi('Api', disabled), httpDomain(), apiMapping('Api', '$default')]],
  ] as const)('of the kind %s answers through its domain alone', async (_, parts) => {
    const world = await domainWorld(...parts);
    for (const path of ['/orders/7', '/prod/orders/7', '/']) {
      const answer = await world.ask(path, { method: 'POST', body: 'x' });
      expect([answer.status, answer.json]).toEqual([403, { message: 'Forbidden' }]);
    }
    expect(world.invoked).toEqual([]);
    const certificate = await world.authority.issue({ commonName: 'partner' });
    const answer = await world.askDomain(domainName, '/orders/7', { certificate });
    expect(answer.status).toBe(200);
  });
});

describe('a template', () => {
  const rest = restApi('Api');
  const source = { IdentitySource: 'context.identity.clientCert.subjectDN' };
  test.each([
    [[restDomain({ EndpointConfiguration: { Types: ['EDGE'] } })], 'EDGE'],
    [[restDomain({ CertificateArn: 'arn' })], 'CertificateArn'],
    [[restDomain({ ...mutual, SecurityPolicy: 'TLS_1_0' })], 'TLS_1_0'],
    [[restDomain({ MutualTlsAuthentication: { Truststore: 'x' } })], 'Truststore'],
    [[restDomain({ MutualTlsAuthentication: {} })], 'TruststoreUri'],
    [[restDomain(), basePath('Api', { Stage: { Ref: 'AWS::NoValue' } })], 'without a Stage'],
    [[restDomain(), basePath('Api', { Stage: 'test' })], 'Stage test'],
    [[restDomain(), basePath('Api', { RestApiId: 'elsewhere' })], 'RestApiId elsewhere'],
    [[restDomain(), basePath('Api', { BasePath: '/v1' })], 'BasePath /v1'],
    [[restDomain(), basePath('Api', { DomainName: 'other.test' })], 'other.test'],
    [[restDomain(), basePath('Api'), apiMapping('Api', 'prod')], 'two mappings'],
    [[httpDomain({ DomainNameConfigurations: [{ EndpointType: 'EDGE' }] })], 'EDGE'],
    [
      [
        httpDomain({
          ...{ MutualTlsAuthentication: truststore },
          DomainNameConfigurations: [{ SecurityPolicy: 'TLS_1_0' }],
        }),
      ],
      'TLS_1_0',
    ],
    [[restApi('Api', {}, source)], 'context.identity.clientCert.subjectDN'],
    [
      [
        httpDomain(),
        {
          Live: {
            Type: 'AWS::ApiGatewayV2::Api',
            Properties: { ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.a' },
          },
        },
        apiMapping('Live', 'prod'),
      ],
      'WebSocket',
    ],
  ] as const)('is refused by name: %#', async (parts, name) => {
    await expect(domainWorld(rest, ...parts)).rejects.toThrow(name);
  });
});

function subjectOf(event: unknown): string | undefined {
  const { requestContext } = event as {
    readonly requestContext: {
      readonly identity: { readonly clientCert: { readonly subjectDN: string } | null };
    };
  };
  return requestContext.identity.clientCert?.subjectDN;
}

/** By lower-case name. */
function headersOf(event: unknown): Record<string, string> {
  const { headers } = event as { readonly headers: Readonly<Record<string, string>> };
  return Object.fromEntries(Object.entries(headers).map(([name, v]) => [name.toLowerCase(), v]));
}
