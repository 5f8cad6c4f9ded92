import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type RestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, type HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, test } from 'vitest';
import { defineRoutes, publicRoute, requires } from '../../functions/core/routes/route-policy.ts';
import { KeywardRef } from '../../infra/keyward-ref.ts';
import { consumer, httpConsumer, restConsumer } from './consumer.ts';
import { synthesized } from './synthesized.ts';

const bearer = requires({ schemes: ['bearer'] });
const strict = requires({ schemes: ['bearer'], revocation: 'strict' });
const routes = defineRoutes({ 'GET /orders': bearer, 'DELETE /orders/{id}': strict });

interface Announced {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The parameters of a template that name an API, with logical ids in the place of what it refers to. */
function announced(template: Template): readonly Announced[] {
  return Object.values(template.findResources('AWS::SSM::Parameter'))
    .map(({ Properties }) => ({ name: textOf(Properties.Name), value: Properties.Value }))
    .filter(({ name }) => name.includes('/apis/'))
    .map(({ name, value }) => ({ name, value: JSON.parse(textOf(value)) }));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } = value as {
    Ref?: string;
    'Fn::Join'?: [string, unknown[]];
  };
  return ref === undefined ? (join?.[1] ?? []).map(textOf).join(join?.[0] ?? '') : `<${ref}>`;
}

describe('an API that an authorizer guards is among the facts of its Keyward', () => {
  test('a REST API with the stages that it gets later, and its worst bound', () => {
    const { stack, addAll, api } = restConsumer(routes);
    addAll();
    new Stage(stack, 'Blue', { deployment: latest(api), stageName: 'blue' });
    const id = stack.getLogicalId(api.node.defaultChild as never);
    const [found, ...more] = announced(Template.fromStack(stack));
    expect(more).toEqual([]);
    expect(found?.name).toMatch(new RegExp(`^/keyward/default/v1/apis/<${id}>-[0-9a-f]{8}$`));
    expect(found?.value).toEqual({
      ...{ api_id: `<${id}>`, kind: 'rest', name: 'Consumer/Api', stages: ['prod', 'blue'] },
      revocation_lag_seconds: 60,
      routes: '60 s (policy): GET /orders; 0 s (none): DELETE /orders/{id}',
    });
  });

  test('a stage whose name is not known before it is deployed, by its place in the app', () => {
    const { stack, addAll, api } = restConsumer(routes);
    addAll();
    const stageName = new CfnParameter(stack, 'Name').valueAsString;
    new Stage(stack, 'Blue', { deployment: latest(api), stageName });
    const http = httpConsumer(routes);
    http.addAll();
    const name = new CfnParameter(http.stack, 'Name').valueAsString;
    new HttpStage(http.stack, 'Green', { httpApi: http.api, stageName: name });
    const found = [stack, http.stack].flatMap((one) => announced(Template.fromStack(one)));
    expect(found.map(({ value }) => [value.stages, value.unnamed_stages])).toEqual([
      [['prod'], ['Consumer/Blue/Resource']],
      [['$default'], ['Consumer/Green/Resource']],
    ]);
  });

  test('an HTTP API, by the id that the account knows it by', () => {
    const { stack, addAll, api } = httpConsumer(routes);
    addAll();
    new HttpStage(stack, 'Second', { httpApi: api, stageName: 'second' });
    expect(announced(Template.fromStack(stack)).map(({ value }) => value)).toMatchObject([
      { kind: 'http', name: 'Consumer/Api', stages: ['$default', 'second'] },
    ]);
  });

  test('each API of the demo, under a name of its own', () => {
    const apis = announced(synthesized({ name: 'blue' }).demo);
    expect(apis.map(({ value: { kind, stages } }) => [kind, stages]).sort()).toEqual([
      ['http', ['$default']],
      ['rest', ['prod']],
      ['websocket', ['live']],
    ]);
    expect(new Set(apis.map(({ name }) => name)).size).toBe(3);
    for (const { name } of apis) expect(name).toMatch(/^\/keyward\/blue\/v1\/apis\//);
  });

  test('one in another stack than its authorizer, which stays without a cycle', () => {
    const { app, authorizer } = consumer(routes);
    const other = new Stack(app, 'Other');
    const api = new HttpApi(other, 'Api');
    const guard = authorizer.guardHttpApi(api);
    for (const route of Object.keys(routes)) {
      const [verb = '', path = ''] = route.split(' ');
      api.addRoutes({
        ...{ path, methods: [verb as HttpMethod], authorizer: guard.authorizer(route) },
        integration: new HttpUrlIntegration('Backend', 'https://backend.example'),
      });
    }
    expect(() => app.synth()).not.toThrow();
    expect(announced(Template.fromStack(other))).toMatchObject([
      { value: { stages: ['$default'] } },
    ]);
  });

  test('not one that lets everybody in: there is nothing to withdraw', () => {
    const { stack, addAll } = httpConsumer(defineRoutes({ 'GET /healthz': publicRoute() }));
    addAll();
    expect(announced(Template.fromStack(stack))).toEqual([]);
  });

  test('with as many of its routes as a parameter holds', () => {
    const names = Array.from({ length: 200 }, (_, i) => `GET /a-rather-long-path/of-${i}/{id}`);
    const many = defineRoutes(Object.fromEntries(names.map((name) => [name, bearer])));
    const { stack, addAll } = httpConsumer(many);
    addAll();
    const [found] = announced(Template.fromStack(stack));
    expect(JSON.stringify(found?.value).length).toBeLessThan(4_000);
    expect(found?.value.routes).toMatch(/^60 s \(route\): GET .* \.\.\.$/);
  });
});

test('a reference to a Keyward knows under which name its facts are', () => {
  const stack = new Stack(new App(), 'Stack');
  expect(KeywardRef.fromSsm(stack, 'Named', 'green').name).toBe('green');
  expect(KeywardRef.fromSsm(stack, 'Unnamed').name).toBe('default');
});

function latest(api: RestApi) {
  if (api.latestDeployment === undefined) throw new Error('no deployment');
  return api.latestDeployment;
}
