import { afterEach, describe, expect, test } from 'vitest';
import { secretsManagerSigningKeys } from '../../functions/adapters/secrets-manager/signing-keys.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { ring } from '../support/ring.ts';
import { httpAnswer, type ScriptedAnswer, scriptedServer } from '../support/scripted-server.ts';

const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:ring-AbCdEf';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function signer(...script: ScriptedAnswer[]) {
  const server = await scriptedServer(...script);
  stops.push(() => server.stop());
  const audit: AuditEvent[] = [];
  const env = {
    ...{ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url },
    ...{ AWS_ACCESS_KEY_ID: 'CANARYID', AWS_SECRET_ACCESS_KEY: 'CANARYSECRET' },
    // Of another service.
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
  };
  const keys = secretsManagerSigningKeys({ env }, secretArn, {
    ...{ clock: { now: () => 1_000 }, audit: { write: (event) => audit.push(event) } },
    ...{ ringCacheSeconds: 300, ringHoldSeconds: 600 },
  });
  return { server, keys, audit };
}

const whole = httpAnswer(
  200,
  JSON.stringify({
    ...{ ARN: secretArn, Name: 'ring', VersionId: 'v', VersionStages: ['AWSCURRENT'] },
    ...{ CreatedDate: 1_523_477_145.713, SecretString: JSON.stringify(ring) },
  }),
);

describe('the ring out of Secrets Manager', () => {
  test('is asked for by one signed call, for the version in force alone', async () => {
    const { server, keys } = await signer(whole);
    expect(await keys.current()).toEqual(ring);
    const [{ headers, body } = expect.fail()] = server.requests;
    expect(JSON.parse(body)).toEqual({ SecretId: secretArn, VersionStage: 'AWSCURRENT' });
    expect(headers).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'content-type': 'application/x-amz-json-1.1',
      authorization: expect.stringContaining('/us-east-1/secretsmanager/aws4_request'),
    });
  });

  test.each([
    ['without a text', httpAnswer(200, '{"SecretBinary":"e30="}')],
    ['that is no object', httpAnswer(200, '"ring"')],
    ['that is no JSON', httpAnswer(200, '<html>')],
    ['that is denied', httpAnswer(400, '{"__type":"AccessDeniedException","Message":"CANARY"}')],
    ['that says the secret is gone', httpAnswer(400, '{"__type":"ResourceNotFoundException"}')],
  ])('an answer %s is no ring, and nothing of it is written down', async (_what, answer) => {
    const { keys, audit } = await signer(answer);
    await expect(keys.current()).rejects.toMatchObject({ name: 'RingUnavailable' });
    expect(audit).toMatchObject([{ event: 'fault', where: 'key-ring' }]);
    expect(JSON.stringify(audit)).not.toContain('CANARY');
  });

  test('throttling and a failure are tried again', async () => {
    const { keys } = await signer(
      httpAnswer(400, '{"__type":"ThrottlingException"}'),
      httpAnswer(500, '{"__type":"InternalServiceError"}'),
      whole,
    );
    expect(await keys.current()).toEqual(ring);
  });
});
