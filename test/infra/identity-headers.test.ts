import { HttpIntegration, type Integration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  type HttpMethod,
  MappingValue,
  ParameterMapping,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaIntegration,
  HttpUrlIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, test } from 'vitest';
import { defineRoutes, publicRoute, requires } from '../../functions/core/routes/route-policy.ts';
import { identityHeaders, identityParameters } from '../../infra/identity-headers.ts';
import { consumer } from './consumer.ts';

const routes = defineRoutes({
  'GET /healthz': publicRoute(),
  'GET /orders': requires({ schemes: ['bearer'] }),
});
const url = 'https://backend.example';
const names = ['scheme', 'issuer', 'subject', 'client', 'scope', 'credential', 'expires'];

test.each<[string, Readonly<Record<string, string>>]>([
  ['identityHeaders', identityHeaders(routes, 'GET /orders')],
  ['identityParameters', identityParameters(routes, 'GET /orders').mappings],
])('%s: every header of a protected route is written from the context', (_name, mappings) => {
  const members = ['mth', 'iss', 'sub', 'cid', 'scp', 'cred', 'exp'];
  expect(Object.keys(mappings).map((key) => key.replace(/^.*header\./, ''))).toEqual(
    names.map((name) => `x-auth-${name}`),
  );
  expect(Object.values(mappings).map((value) => value.replace('$', ''))).toEqual(
    members.map((member) => `context.authorizer.${member}`),
  );
});

test('on a public route nothing of a caller is left, and nothing is read from a context', () => {
  expect(Object.entries(identityHeaders(routes, 'GET /healthz'))).toEqual(
    names.map((name) => [`integration.request.header.x-auth-${name}`, "'-'"]),
  );
  expect(Object.entries(identityParameters(routes, 'GET /healthz').mappings)).toEqual(
    names.map((name) => [`remove:header.x-auth-${name}`, '']),
  );
});

test('what else is mapped stays', () => {
  const mapping = new ParameterMapping().appendHeader('x-tag', MappingValue.custom('a'));
  expect(identityParameters(routes, 'GET /orders', mapping).mappings).toMatchObject({
    'append:header.x-tag': 'a',
    'overwrite:header.x-auth-subject': '$context.authorizer.sub',
  });
});

test('a route that the table does not know throws by name', () => {
  expect(() => identityHeaders(routes, 'GET /admin')).toThrow('GET /admin has no policy');
  expect(() => identityParameters(routes, 'GET /admin')).toThrow('GET /admin has no policy');
});

describe('synth of a REST API', () => {
  type Parameters = Readonly<Record<string, string>> | 'a function' | undefined;

  /** What synth says of an API whose routes have these request parameters. */
  function problem(parameters: Readonly<Record<string, Parameters>>): string | undefined {
    const { stack, authorizer, problem } = consumer(routes);
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const guard = authorizer.guardRestApi(api, { realm: 'orders' });
    for (const [route, requestParameters] of Object.entries(parameters)) {
      const [verb = '', path = ''] = route.split(' ');
      const integration: Integration = new HttpIntegration(url, {
        proxy: requestParameters !== 'a function',
        options: typeof requestParameters === 'object' ? { requestParameters } : {},
      });
      api.root
        .resourceForPath(path)
        .addMethod(verb, integration, verb === 'OPTIONS' ? {} : guard.methodOptions(route));
    }
    return problem();
  }
  const orders = identityHeaders(routes, 'GET /orders');
  const healthz = identityHeaders(routes, 'GET /healthz');
  const header = 'integration.request.header.';

  test('passes when all routes have the headers, or none', () => {
    expect(problem({ 'GET /healthz': healthz, 'GET /orders': orders })).toBeUndefined();
    expect(problem({ 'GET /healthz': undefined, 'GET /orders': undefined })).toBeUndefined();
  });

  test('passes when a route that hands on nothing has none', () => {
    expect(problem({ 'GET /healthz': 'a function', 'GET /orders': orders })).toBeUndefined();
  });

  test.each<[string, string, Parameters, Parameters]>([
    ['GET /healthz', 'a public route has none', undefined, orders],
    ['GET /orders', 'a protected route has none', healthz, undefined],
    ['GET /healthz', 'a public route has those of a protected one', orders, orders],
    ['GET /orders', 'a protected route has those of a public one', healthz, healthz],
    [
      'GET /orders',
      'one is missing',
      healthz,
      Object.fromEntries(Object.entries(orders).filter(([name]) => !name.includes('scope'))),
    ],
    [
      'GET /orders',
      'one is written from what the caller sent',
      healthz,
      { ...orders, [`${header}x-auth-subject`]: 'context.identity.userAgent' },
    ],
    [
      'GET /orders',
      'one is written again in another case',
      healthz,
      { ...orders, [`${header}X-Auth-Subject`]: 'context.identity.userAgent' },
    ],
  ])('fails by the name of %s when %s', (route, _what, open, guarded) => {
    expect(problem({ 'GET /healthz': open, 'GET /orders': guarded })).toContain(
      `${route} hands x-auth-* headers of its caller on to a backend that takes identity from them: give its integration identityHeaders(routes, '${route}')`,
    );
  });

  test('holds a preflight to the same, if it reaches the backend', () => {
    const all = { 'GET /healthz': healthz, 'GET /orders': orders };
    expect(problem({ ...all, 'OPTIONS /orders': undefined })).toContain(
      'OPTIONS /orders hands x-auth-*',
    );
    const preflight = identityHeaders(routes, 'OPTIONS /orders');
    expect(problem({ ...all, 'OPTIONS /orders': preflight })).toBeUndefined();
  });
});

describe('synth of an HTTP API', () => {
  /** What synth says of an API whose routes have these mappings. */
  function problem(mappings: Readonly<Record<string, ParameterMapping | 'a function'>>) {
    const { stack, authorizer, problem } = consumer(routes);
    const api = new HttpApi(stack, 'Api');
    const guard = authorizer.guardHttpApi(api);
    for (const [route, parameterMapping] of Object.entries(mappings)) {
      const [verb, path = ''] = route.split(' ');
      api.addRoutes({
        ...{ path, methods: [verb as HttpMethod], authorizer: guard.authorizer(route) },
        integration:
          parameterMapping === 'a function'
            ? new HttpLambdaIntegration(route, authorizer.function)
            : new HttpUrlIntegration(route, url, { parameterMapping }),
      });
    }
    return problem();
  }
  const none = () => new ParameterMapping();
  const orders = () => identityParameters(routes, 'GET /orders');
  const healthz = () => identityParameters(routes, 'GET /healthz');

  test('passes when all routes have the headers, or none, or hand on nothing', () => {
    expect(problem({ 'GET /healthz': healthz(), 'GET /orders': orders() })).toBeUndefined();
    expect(problem({ 'GET /healthz': none(), 'GET /orders': none() })).toBeUndefined();
    expect(problem({ 'GET /healthz': 'a function', 'GET /orders': orders() })).toBeUndefined();
  });

  test.each<[string, string, ParameterMapping, ParameterMapping]>([
    ['GET /healthz', 'a public route has none', none(), orders()],
    ['GET /orders', 'a protected route has none', healthz(), none()],
    ['GET /healthz', 'a public route has those of a protected one', orders(), orders()],
    [
      'GET /orders',
      'one is appended to what the caller sent',
      healthz(),
      orders().appendHeader('X-Auth-Subject', MappingValue.contextVariable('authorizer.sub')),
    ],
  ])('fails by the name of %s when %s', (route, _what, open, guarded) => {
    expect(problem({ 'GET /healthz': open, 'GET /orders': guarded })).toContain(
      `${route} hands x-auth-* headers of its caller on to a backend that takes identity from them: give its integration identityParameters(routes, '${route}')`,
    );
  });
});
