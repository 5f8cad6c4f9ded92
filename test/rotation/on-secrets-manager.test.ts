/** The real function over the real SDK: Secrets Manager calls its steps, DynamoDB keeps what is published. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, expect, test } from 'vitest';
import { dynamoKeyPublisher } from '../../functions/adapters/dynamodb/key-publisher.ts';
import { dynamoRevocationWriter } from '../../functions/adapters/dynamodb/revocation-log.ts';
import { dynamoRotationIntents } from '../../functions/adapters/dynamodb/rotation-intents.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { secretsManagerRingVersions } from '../../functions/adapters/secrets-manager/ring-versions.ts';
import { secretsManagerSigningKeys } from '../../functions/adapters/secrets-manager/signing-keys.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { keyGenerator } from '../../functions/core/keys/generate-key.ts';
import { activeKeys, type KeyRing, nextKeys } from '../../functions/core/keys/key-ring.ts';
import { arePublished } from '../../functions/core/keys/publish-ring.ts';
import { RingUnavailable } from '../../functions/core/ports/signing-keys.ts';
import { revocationRecorder } from '../../functions/core/revocation/revocation-recorder.ts';
import { rotation } from '../../functions/rotation/rotation.ts';
import { tryKey } from '../../functions/rotation/try-key.ts';
import type { FaultRule } from '../../local/aws/fault.ts';
import { ringStores } from '../support/ring-stores.ts';
import { rules } from './world.ts';

const stores = await ringStores();
const injected: (() => void)[] = [];
afterEach(() => {
  for (const remove of injected.splice(0)) remove();
});
afterAll(() => stores.stop());

const token = (digit: string) => digit.repeat(32);
const kids = (keys: readonly { readonly kid: string }[]) => keys.map(({ kid }) => kid);

/** A deployment with a secret and a table of its own, and a clock that the test sets. */
async function deployed() {
  const [ringSecret, table] = [await stores.newSecret('{"schema":0}'), await stores.newTable()];
  const clock = { seconds: 1_000_000, now: () => clock.seconds };
  const events: AuditEvent[] = [];
  const audit = { write: (event: AuditEvent) => void events.push(event) };
  const publisher = dynamoKeyPublisher(stores.dynamo, table);
  const handle = rotation(
    {
      versions: secretsManagerRingVersions(stores.secrets, ringSecret),
      publisher,
      intents: dynamoRotationIntents(stores.dynamo, table),
      revocations: revocationRecorder({
        log: dynamoRevocationWriter(dynamoWriter({ env: stores.env }), table),
        clock,
        randomness: systemRandomness,
        keepSeconds: hour,
      }),
      clock,
      pause: { pause: async () => undefined },
      randomness: systemRandomness,
      generator: keyGenerator,
      trial: tryKey,
      audit,
    },
    { ...rules, ringSecret },
  );
  const signer = secretsManagerSigningKeys({ env: stores.aws.environment() }, ringSecret, {
    clock,
    audit,
    ringCacheSeconds: 300,
    ringHoldSeconds: 1_000,
  });
  return { ringSecret, clock, events, publisher, handle, signer };
}

function fail(operation: string, fault: FaultRule['fault'], times: number): void {
  injected.push(stores.aws.endpoint.inject({ operation, fault, times }));
}

const hour = 3_600;
const month = 720 * hour;

test('three rotations of Secrets Manager: the published next keys sign, everything that signs is published', async () => {
  const { ringSecret, clock, publisher, handle, signer } = await deployed();
  await expect(signer.current()).rejects.toThrow(RingUnavailable);
  await handle({});
  clock.seconds += month;
  let before: KeyRing = await signer.current();
  for (const digit of ['1', '2', '3']) {
    await stores.rotate(ringSecret, token(digit), handle);
    clock.seconds += month;
    const after = await signer.current();
    expect(kids(activeKeys(after))).toEqual(kids(nextKeys(before)));
    const set = await publisher.read();
    expect(set?.generation).toBe(after.generation);
    expect(arePublished(after.keys, set)).toBe(true);
    before = after;
  }
  expect(before.keys).toHaveLength(8);
});

test('a rotation that comes too early ends well, and one that was asked to waive the lead rotates', async () => {
  const { ringSecret, clock, events, handle, signer } = await deployed();
  await handle({});
  const first = await signer.current();
  await stores.rotate(ringSecret, token('1'), handle);
  clock.seconds += hour;
  const second = await signer.current();
  expect(second).toMatchObject({ generation: 2, keys: first.keys });
  const by = 'arn:aws:iam::000000000000:user/ops';
  expect(await handle({ intent: { mode: 'waive-lead', by } })).toEqual({
    generation: 2,
    stored: true,
  });
  await stores.rotate(ringSecret, token('2'), handle);
  clock.seconds += hour;
  expect(kids(activeKeys(await signer.current()))).toEqual(kids(nextKeys(first)));
  expect(events).toContainEqual(
    expect.objectContaining({ event: 'rotation_created', reason: 'lead waived' }),
  );
});

test('answers that are lost on the way do not stop a rotation', async () => {
  const { ringSecret, clock, handle, signer } = await deployed();
  const reset = { kind: 'reset', when: 'after' } as const;
  for (const operation of [
    'dynamodb:PutItem',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ]) {
    fail(operation, reset, 1);
  }
  await handle({});
  clock.seconds += month;
  const before = await signer.current();
  fail('dynamodb:PutItem', reset, 1);
  fail('secretsmanager:PutSecretValue', reset, 1);
  fail('secretsmanager:UpdateSecretVersionStage', reset, 1);
  await stores.rotate(ringSecret, token('1'), handle);
  clock.seconds += hour;
  expect(kids(activeKeys(await signer.current()))).toEqual(kids(nextKeys(before)));
});

test('a rotation that cannot publish never finishes; resumed under its token, it does', async () => {
  const { ringSecret, clock, publisher, handle, signer } = await deployed();
  await handle({});
  clock.seconds += month;
  const before = await signer.current();
  fail('dynamodb:PutItem', { kind: 'error', when: 'before', status: 500 }, 3);
  await stores.rotate(ringSecret, token('1'), handle);
  clock.seconds += hour;
  expect(await signer.current()).toEqual(before);
  expect((await publisher.read())?.generation).toBe(before.generation);
  await stores.rotate(ringSecret, token('1'), handle);
  clock.seconds += hour;
  expect(kids(activeKeys(await signer.current()))).toEqual(kids(nextKeys(before)));
});

test('a role that is not known yet at the first deployment only delays it', async () => {
  const { handle, signer } = await deployed();
  fail('secretsmanager:DescribeSecret', { kind: 'access-denied' }, 2);
  fail('dynamodb:GetItem', { kind: 'access-denied' }, 2);
  fail('secretsmanager:PutSecretValue', { kind: 'access-denied' }, 2);
  await handle({});
  expect((await signer.current()).generation).toBe(1);
});

test('a signer asks for the stage in force by its name, and goes on without the service until the hold ends', async () => {
  const { clock, events, handle, signer } = await deployed();
  const named = { kind: 'access-denied' } as const;
  injected.push(
    stores.aws.endpoint.inject({
      operation: 'secretsmanager:GetSecretValue',
      // Whatever names no stage is refused here, as a role would that is bound to it.
      body: /^(?!.*"VersionStage":)/,
      fault: named,
    }),
  );
  await handle({});
  const ring = await signer.current();
  fail('secretsmanager:GetSecretValue', { kind: 'error', when: 'before', status: 500 }, 100);
  clock.seconds += 999;
  expect(await signer.current()).toBe(ring);
  clock.seconds += 1;
  await expect(signer.current()).rejects.toThrow(RingUnavailable);
  expect(events.filter(({ event }) => event === 'fault')).toHaveLength(1);
  expect(JSON.stringify(events)).not.toMatch(/"d"|private/);
});

test('the secret never holds the private half of a retired key', async () => {
  const { ringSecret, clock, handle, signer } = await deployed();
  await handle({});
  clock.seconds += month;
  const old = activeKeys(await signer.current()).map((key) => key.private.d ?? expect.fail('no d'));
  await stores.rotate(ringSecret, token('1'), handle);
  const value = await stores.secrets.send(
    new GetSecretValueCommand({ SecretId: ringSecret, VersionStage: 'AWSCURRENT' }),
  );
  expect(old).toHaveLength(2);
  for (const d of old) expect(value.SecretString).not.toContain(d);
});
