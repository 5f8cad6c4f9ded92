import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { HttpIntegration, MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, test } from 'vitest';
import { defineRoutes, publicRoute, requires } from '../../functions/core/routes/route-policy.ts';
import { JwtAuthorizer } from '../../infra/authorizers/jwt-authorizer.ts';
import { OrdersStack } from '../../infra/demo/orders-stack.ts';
import { KeywardRef } from '../../infra/keyward-ref.ts';
import { ProtectedHttpApi } from '../../infra/protected-http-api.ts';
import { ProtectedRestApi } from '../../infra/protected-rest-api.ts';
import { synthesized } from './synthesized.ts';

const routes = defineRoutes({
  'GET /healthz': publicRoute(),
  'GET /orders': requires({ schemes: ['bearer'], scopes: ['orders:read'] }),
});

/** Another app of the same account, with APIs of its own. */
function consumer() {
  const app = new App();
  const stack = new Stack(app, 'Consumer');
  const authorizer = new JwtAuthorizer(stack, 'Authorizer', {
    keyward: KeywardRef.fromSsm(stack, 'Keyward'),
    audience: 'https://orders.example.com',
    routes,
  });
  return { app, stack, authorizer };
}

describe('another app protects its own REST API', () => {
  function restApi(attachOrders: boolean, extra?: string) {
    const { app, stack, authorizer } = consumer();
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const guard = authorizer.guardRestApi(api, { realm: 'orders', allowOrigin: '*' });
    const integration = new MockIntegration();
    api.root
      .addResource('healthz')
      .addMethod('GET', integration, guard.methodOptions('GET /healthz'));
    const orders = api.root.addResource('orders');
    if (attachOrders) orders.addMethod('GET', integration, guard.methodOptions('GET /orders'));
    if (extra !== undefined) orders.addMethod(extra, integration);
    return { app, stack, guard };
  }

  test('with one exact policy per credential, and the challenge in the gateway response', () => {
    const template = Template.fromStack(restApi(true).stack);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 55,
      IdentitySource: 'method.request.header.Authorization',
    });
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'UNAUTHORIZED',
      ResponseParameters: Match.objectLike({
        'gatewayresponse.header.WWW-Authenticate': `'Bearer realm="orders"'`,
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
      }),
    });
    for (const type of ['AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR']) {
      template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
        ResponseType: type,
        StatusCode: '503',
        ResponseParameters: Match.objectLike({ 'gatewayresponse.header.Retry-After': "'5'" }),
      });
    }
  });

  test('who is too fast is told when to come back, and who has used up a quota is not: nobody knows', () => {
    const template = Template.fromStack(restApi(true).stack);
    const headersOf = (ResponseType: string) =>
      Object.values(
        template.findResources('AWS::ApiGateway::GatewayResponse', {
          Properties: { ResponseType, StatusCode: '429' },
        }),
      ).map(({ Properties }) => Object.keys(Properties.ResponseParameters));
    const retryAfter = 'gatewayresponse.header.Retry-After';
    expect(headersOf('THROTTLED')).toEqual([expect.arrayContaining([retryAfter])]);
    expect(headersOf('QUOTA_EXCEEDED')).toEqual([expect.not.arrayContaining([retryAfter])]);
  });

  test('synth fails, by name, when a policy has no method', () => {
    expect(() => restApi(false).app.synth()).toThrow(
      'GET /orders has a policy but the API has no such route',
    );
  });

  test('synth fails, by name, when a method has no policy', () => {
    expect(() => restApi(true, 'PUT').app.synth()).toThrow('PUT /orders has no route policy');
  });

  test('asking for a route that the table does not know throws: nothing is public by omission', () => {
    expect(() => restApi(true).guard.methodOptions('GET /admin')).toThrow(
      'GET /admin has no policy',
    );
  });

  test('a preflight needs neither policy nor credential', () => {
    expect(() => restApi(true, 'OPTIONS').app.synth()).not.toThrow();
  });
});

describe('another app protects its own HTTP API', () => {
  function httpApi(guardOrders: boolean) {
    const { app, stack, authorizer } = consumer();
    const api = new HttpApi(stack, 'Api');
    const guard = authorizer.guardHttpApi(api);
    const integration = new HttpUrlIntegration('Backend', 'https://backend.example');
    const add = (path: string, isGuarded: boolean) =>
      api.addRoutes({
        path,
        methods: [HttpMethod.GET],
        integration,
        authorizer: isGuarded ? guard.authorizer(`GET ${path}`) : new HttpNoneAuthorizer(),
      });
    add('/healthz', true);
    add('/orders', guardOrders);
    return { app, stack };
  }

  test('with simple responses of payload 2.0, cached per credential and route', () => {
    Template.fromStack(httpApi(true).stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 55,
      IdentitySource: ['$request.header.Authorization', '$context.routeKey'],
    });
  });

  test('synth fails when a route that needs a credential is attached without the authorizer', () => {
    expect(() => httpApi(false).app.synth()).toThrow(
      'GET /orders needs a credential but was attached without the authorizer',
    );
  });
});

test('a decision that depends on the time is never cached: its routes have an authorizer without a TTL', () => {
  const { demo } = synthesized();
  demo.hasResourceProperties('AWS::ApiGateway::Authorizer', { AuthorizerResultTtlInSeconds: 0 });
  demo.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { AuthorizerResultTtlInSeconds: 0 });
});

describe('an API that is made of its table', () => {
  const table = defineRoutes({
    'GET /': publicRoute(),
    'ANY /files/{name}/{rest+}': requires({ schemes: ['bearer'] }),
    $default: requires({ schemes: ['bearer'] }),
    $connect: requires({ schemes: ['bearer'] }),
  });
  function made() {
    const { app, stack } = consumer();
    const authorizer = new JwtAuthorizer(stack, 'Whole', {
      ...{
        keyward: KeywardRef.fromSsm(stack, 'Ref'),
        audience: 'https://a.example',
        routes: table,
      },
    });
    const url = (route: string) => `https://backend.example/${encodeURIComponent(route)}`;
    new ProtectedRestApi(stack, 'Rest', {
      authorizer,
      integration: (route) => new HttpIntegration(url(route)),
    });
    new ProtectedHttpApi(stack, 'Http', {
      authorizer,
      integration: (route) => new HttpUrlIntegration(route, url(route)),
    });
    expect(() => app.synth()).not.toThrow();
    return Template.fromStack(stack);
  }

  test('has every route that its kind can have, each with the integration that is its own', () => {
    const template = made();
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));
    const http = routes.map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
      template.toJSON().Resources[Properties.Target['Fn::Join'][1][1].Ref].Properties
        .IntegrationUri,
    ]);
    expect(http).toEqual([
      ['GET /', 'NONE', 'https://backend.example/GET%20%2F'],
      ['ANY /files/{name}/{rest+}', 'CUSTOM', expect.stringContaining('ANY%20%2Ffiles')],
      ['$default', 'CUSTOM', 'https://backend.example/%24default'],
    ]);
    const methods = Object.values(template.findResources('AWS::ApiGateway::Method'));
    const rest = methods.map(({ Properties }) => [
      Properties.HttpMethod,
      Properties.AuthorizationType,
      Properties.Integration.Uri,
    ]);
    expect(rest).toEqual([
      ['GET', 'NONE', 'https://backend.example/GET%20%2F'],
      ['ANY', 'CUSTOM', expect.stringContaining('ANY%20%2Ffiles')],
    ]);
  });

  test('declares the parameters of its paths, so that an integration may map them', () => {
    made().hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'ANY',
      RequestParameters: { 'method.request.path.name': true, 'method.request.path.rest': true },
    });
  });
});

test('partners come in with a certificate, and no other way', () => {
  const app = new App();
  const keyward = KeywardRef.fromSsm(new Stack(app, 'Keyward'), 'Keyward');
  const stack = new OrdersStack(app, 'Demo', {
    keyward,
    partners: {
      domainName: 'partners.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/x',
      truststore: 's3://bucket/partners/truststore.pem',
    },
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ApiGateway::DomainName', {
    ...{ DomainName: 'partners.example.com', SecurityPolicy: 'TLS_1_2' },
    EndpointConfiguration: { Types: ['REGIONAL'] },
    MutualTlsAuthentication: { TruststoreUri: 's3://bucket/partners/truststore.pem' },
  });
  const [mapping] = Object.values(template.findResources('AWS::ApiGateway::BasePathMapping'));
  const api = template.toJSON().Resources[mapping?.Properties.RestApiId.Ref];
  expect(api.Properties).toMatchObject({
    ...{ Name: 'OrdersPartners', DisableExecuteApiEndpoint: true },
  });
});

test('a trusted issuer that cannot be trusted is refused at synth, by name', () => {
  const { stack } = consumer();
  const trusted = { issuer: 'https://id.example', audiences: ['a'] };
  const attempt = (jwksUri: string, audiences = trusted.audiences) =>
    new JwtAuthorizer(stack, `Other${jwksUri}${audiences}`.replace(/\W/g, ''), {
      keyward: KeywardRef.fromSsm(stack, `Ref${jwksUri}${audiences}`.replace(/\W/g, '')),
      audience: 'https://a.example',
      routes,
      trustedIssuers: [{ ...trusted, jwksUri, audiences }],
    });
  expect(() => attempt('http://id.example/jwks')).toThrow('https://id.example: jwksUri');
  expect(() => attempt('https://id.example/jwks', [])).toThrow('audiences must not be empty');
  expect(() => attempt('https://id.example/jwks')).not.toThrow();
});

test.each([-1, 1.5, 1, 4])(
  'a revocation lag of %d seconds is refused: it is no number, or cannot be kept',
  (revocationLagSeconds) => {
    const { stack } = consumer();
    expect(
      () =>
        new JwtAuthorizer(stack, 'Other', {
          keyward: KeywardRef.fromSsm(stack, 'Ref'),
          audience: 'https://a.example',
          routes,
          revocationLagSeconds,
        }),
    ).toThrow('revocationLagSeconds');
  },
);

test('the bound of each API is printed under a name that no other has', () => {
  const { stack, authorizer } = consumer();
  for (const team of ['Orders', 'Partners']) {
    const integration = new MockIntegration();
    new ProtectedRestApi(stack, team, { authorizer, integration });
  }
  const outputs = Object.entries(Template.fromStack(stack).findOutputs('*'))
    .filter(([id]) => id.includes('RevocationLag'))
    .map(([, { Description, Value }]) => [Description, Value]);
  const what =
    'seconds after which a token, key, user, certificate or signing key that was revoked is refused for certain';
  expect(outputs).toEqual([
    [`${what}: Consumer/Orders/Api, rest`, '60 s (policy): GET /orders'],
    [`${what}: Consumer/Partners/Api, rest`, '60 s (policy): GET /orders'],
  ]);
});
