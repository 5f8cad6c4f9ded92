import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { MockIntegration } from 'aws-cdk-lib/aws-apigateway';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { expect, test } from 'vitest';
import type { BundledPolicy } from '../../functions/authorizers/config.ts';
import { defineRoutes, publicRoute, requires } from '../../functions/core/routes/route-policy.ts';
import { ApiKeyAuthorizer } from '../../infra/authorizers/api-key-authorizer.ts';
import { KeywardRef } from '../../infra/keyward-ref.ts';
import { ProtectedHttpApi } from '../../infra/protected-http-api.ts';
import { ProtectedRestApi } from '../../infra/protected-rest-api.ts';
import type { Tiers } from '../../infra/tiers.ts';

const tiers: Tiers = {
  default: { rateLimit: 100, burstLimit: 50 },
  trial: { rateLimit: 1, burstLimit: 2, dailyQuota: 1_000 },
};

/** Two REST APIs and an HTTP API behind one authorizer, and a second authorizer that guards nothing. */
function metered(given: Tiers | undefined = tiers) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const keyward = KeywardRef.fromSsm(stack, 'Keyward');
  const routes = defineRoutes({
    'GET /healthz': publicRoute(),
    'GET /orders': requires({ schemes: ['apikey'] }),
    'GET /strict': requires({ schemes: ['apikey'], revocation: 'strict' }),
  });
  const props = {
    keyward,
    routes,
    audience: 'https://a.example',
    ...(given === undefined ? {} : { tiers: given }),
  };
  const authorizer = new ApiKeyAuthorizer(stack, 'Authorizer', props);
  new ApiKeyAuthorizer(stack, 'Another', props);
  for (const id of ['One', 'Two']) {
    new ProtectedRestApi(stack, id, { authorizer, integration: new MockIntegration() });
  }
  const integration = new HttpUrlIntegration('Backend', 'https://backend.example');
  new ProtectedHttpApi(stack, 'Http', { authorizer, integration });
  return { app, template: Template.fromStack(stack) };
}

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

test('every REST API has a usage plan for each tier, and they share the keys of the authorizer', () => {
  const { template } = metered();
  const plans = propertiesOf(template, 'AWS::ApiGateway::UsagePlan');
  expect(plans.filter(({ Throttle }) => Throttle.RateLimit === 100)).toHaveLength(2);
  for (const plan of plans) {
    expect(plan).toMatchObject(
      plan.Throttle.RateLimit === 1
        ? { Throttle: { RateLimit: 1, BurstLimit: 2 }, Quota: { Limit: 1_000, Period: 'DAY' } }
        : { Throttle: { RateLimit: 100, BurstLimit: 50 } },
    );
    expect(plan.ApiStages).toHaveLength(1);
  }
  expect(plans.filter(({ Quota }) => Quota !== undefined)).toHaveLength(2);
  const inPlans = propertiesOf(template, 'AWS::ApiGateway::UsagePlanKey');
  expect(inPlans).toHaveLength(4);
  expect(new Set(inPlans.map(({ KeyId }) => JSON.stringify(KeyId))).size).toBe(2);
});

test('the gateway takes the key from the authorizer, for what needs a credential and for nothing else', () => {
  const { template } = metered();
  const apis = propertiesOf(template, 'AWS::ApiGateway::RestApi');
  expect(apis.map(({ ApiKeySourceType }) => ApiKeySourceType)).toEqual([
    'AUTHORIZER',
    'AUTHORIZER',
  ]);
  const methods = propertiesOf(template, 'AWS::ApiGateway::Method');
  expect(methods).toHaveLength(6);
  for (const { AuthorizationType, ApiKeyRequired = false } of methods) {
    expect(ApiKeyRequired).toBe(AuthorizationType === 'CUSTOM');
  }
});

test('the keys are labels that the authorizer knows by tier, and no two authorizers share one', () => {
  const { app, template } = metered();
  const values = propertiesOf(template, 'AWS::ApiGateway::ApiKey').map(({ Value }) => Value);
  expect(new Set(values).size).toBe(4);
  const { directory } = app.synth();
  const bundled = propertiesOf(template, 'AWS::Lambda::Function').map(({ Code }) => {
    const asset = `asset.${Code.S3Key.replace(/\.zip$/, '')}`;
    return JSON.parse(readFileSync(join(directory, asset, 'policy.json'), 'utf8')) as BundledPolicy;
  });
  const known = bundled.flatMap((policy) => {
    expect(Object.keys(policy.tiers).sort()).toEqual(['', 'default', 'trial']);
    // Whoever has no tier is in the default one.
    expect(policy.tiers['']).toBe(policy.tiers.default);
    return [policy.tiers.default, policy.tiers.trial];
  });
  expect(known.sort()).toEqual(values.sort());
});

test('the keys stay the same: what is counted under them goes on', () => {
  const values = () =>
    propertiesOf(metered().template, 'AWS::ApiGateway::ApiKey').map(({ Value }) => Value);
  expect(values()).toEqual(values());
});

test('without tiers nobody needs a key', () => {
  const { template } = metered({});
  for (const type of ['UsagePlan', 'UsagePlanKey', 'ApiKey']) {
    template.resourceCountIs(`AWS::ApiGateway::${type}`, 0);
  }
  template.allResourcesProperties('AWS::ApiGateway::RestApi', { ApiKeySourceType: Match.absent() });
  template.allResourcesProperties('AWS::ApiGateway::Method', { ApiKeyRequired: Match.absent() });
});

test.each<[Tiers, string]>([
  [{ trial: { rateLimit: 1, burstLimit: 1 } }, 'tiers need a "default"'],
  [{ ...tiers, Trial: { rateLimit: 1, burstLimit: 1 } }, 'tier "Trial"'],
  [{ ...tiers, '': { rateLimit: 1, burstLimit: 1 } }, 'tier ""'],
])('refuses the tiers %j', (given, message) => {
  expect(() => metered(given)).toThrow(message);
});
