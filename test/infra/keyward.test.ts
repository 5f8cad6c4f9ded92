import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { fromEnv as adminFromEnv } from '../../functions/admin/config.ts';
import { fromEnv as authorizerFromEnv } from '../../functions/authorizers/config.ts';
import { fromEnv as jwksFromEnv } from '../../functions/endpoints/jwks/config.ts';
import { fromEnv as metadataFromEnv } from '../../functions/endpoints/metadata/config.ts';
import { fromEnv as tokenFromEnv } from '../../functions/endpoints/token/config.ts';
import { fromEnv as rotationFromEnv } from '../../functions/rotation/config.ts';
import { Keyward } from '../../infra/keyward.ts';
import { synthesized } from './synthesized.ts';

describe('Keyward', () => {
  test('in prod, tables and ring outlive their stack and refuse deletion', () => {
    const { keyward } = synthesized();
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::SecretsManager::Secret']) {
      for (const resource of Object.values(keyward.findResources(type))) {
        expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      }
    }
    keyward.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: true })],
    });
  });

  test('in dev, everything goes with the stack', () => {
    const { keyward } = synthesized({ stage: 'dev' });
    for (const resource of Object.values(keyward.findResources('AWS::DynamoDB::GlobalTable'))) {
      expect(resource.DeletionPolicy).toBe('Delete');
    }
  });

  test('the text of the secret and the ids of what keeps state never change: that would replace them', () => {
    const { keyward } = synthesized();
    const secrets = keyward.findResources('AWS::SecretsManager::Secret');
    expect(Object.keys(secrets)).toEqual(['KeywardKeyRing9AE41441']);
    expect(Object.values(secrets)[0]?.Properties.SecretString).toBe('{"schema":0}');
    expect(Object.keys(keyward.findResources('AWS::DynamoDB::GlobalTable')).sort()).toEqual([
      'KeywardClientsD71DC36D',
      'KeywardCountersD110F982',
      'KeywardVerificationCD4AE35B',
    ]);
  });

  test('what keeps state is the same with no feature flag and with the recommended ones', () => {
    const stateful = (template: Template) =>
      ['AWS::DynamoDB::GlobalTable', 'AWS::SecretsManager::Secret'].map((type) =>
        template.findResources(type),
      );
    const { context } = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', '..', 'cdk.json'), 'utf8'),
    );
    expect(stateful(synthesized({}, context).keyward)).toEqual(stateful(synthesized().keyward));
  });

  test('the schedule waits for the first keys and for the permission, and does not rotate at an edit', () => {
    const { keyward } = synthesized();
    const [schedule] = Object.values(
      keyward.findResources('AWS::SecretsManager::RotationSchedule'),
    );
    expect(schedule?.Properties).toMatchObject({
      RotateImmediatelyOnUpdate: false,
      RotationRules: { ScheduleExpression: 'rate(30 days)' },
    });
    expect(schedule?.DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringContaining('SecretsManagerMayRotate'),
        expect.stringContaining('FirstKeys'),
      ]),
    );
  });

  test.each([
    [{}, 'kw', 'live'],
    [{ stage: 'dev' }, 'kw', 'test'],
    [{ apiKeys: { prefix: 'acme' } }, 'acme', 'live'],
    [{ stage: 'dev', apiKeys: { environment: 'beta' } }, 'kw', 'beta'],
  ] as const)('API keys of %j begin with %s_%s_', (props, prefix, environment) => {
    const stack = new Stack(new App(), 'Stack');
    const keyward = new Keyward(stack, 'Keyward', props);
    expect(keyward.apiKeyFormat).toEqual({ prefix, environment });
    synthesized(props).keyward.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Keyward: operator commands',
      Environment: {
        Variables: Match.objectLike({ API_KEY_PREFIX: prefix, API_KEY_ENVIRONMENT: environment }),
      },
    });
  });

  test.each([
    [{ prefix: 'k' }, 'prefix'],
    [{ prefix: 'a_b' }, 'prefix'],
    [{ prefix: 'Acme' }, 'prefix'],
    [{ environment: 'x' }, 'environment'],
    [{ environment: 'live1' }, 'environment'],
  ])('refuses API keys of %j', (apiKeys, named) => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => new Keyward(stack, 'Keyward', { apiKeys })).toThrow(`apiKeys.${named} must`);
  });

  test('every function accepts the environment that its template gives it', () => {
    const { keyward, demo } = synthesized({ defaultResource: 'https://api.example' });
    const readers: Readonly<Record<string, (env: Record<string, string>) => unknown>> = {
      'Keyward: token endpoint': tokenFromEnv,
      'Keyward: JWK Set': jwksFromEnv,
      'Keyward: authorization server metadata': metadataFromEnv,
      'Keyward: operator commands': adminFromEnv,
      'Keyward: makes and rotates the signing keys': rotationFromEnv,
      'Keyward: combined authorizer': authorizerFromEnv,
    };
    const read = [keyward, demo].flatMap((template) =>
      Object.values(template.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) => {
        const fromEnv = readers[Properties.Description];
        if (fromEnv === undefined) return [];
        const variables = Object.entries(Properties.Environment.Variables);
        fromEnv(
          Object.fromEntries(variables.map(([name, value]) => [name, resolved(name, value)])),
        );
        return [Properties.Description];
      }),
    );
    expect(read.sort()).toEqual(Object.keys(readers).sort());
  });

  test('nothing private is in an environment variable, a parameter or an output', () => {
    for (const template of Object.values(synthesized())) {
      expect(JSON.stringify(template.toJSON())).not.toMatch(/"d"|PRIVATE KEY|kwcs_/);
    }
  });

  test.each([
    [{ accessTokenLifetimeSeconds: 7_200 }, 'accessTokenLifetimeSeconds'],
    [{ publicationLeadSeconds: 60 }, 'publicationLeadSeconds must be at least 3 hours'],
    [{ publishedKeysMax: 12 }, 'publishedKeysMax must be at most 10'],
    [{ publishedKeysMax: 7 }, 'publishedKeysMax must be 8'],
    [{ rotationPeriodSeconds: 86_400 }, 'at least twice publicationLeadSeconds'],
    [{ clockSkewSeconds: 121 }, 'clockSkewSeconds'],
    [{ ringCacheSeconds: 1.5 }, 'ringCacheSeconds must be a whole number'],
  ])('refuses the settings %j at synth, naming what is wrong', (settings, message) => {
    const stack = new Stack(new App(), 'S');
    expect(() => new Keyward(stack, 'Keyward', { settings })).toThrow(message);
  });
});

/** Stands for what CloudFormation would put in place of a reference. */
function resolved(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  return name === 'ISSUER' ? 'https://abc.execute-api.us-east-1.amazonaws.com' : 'reference';
}
