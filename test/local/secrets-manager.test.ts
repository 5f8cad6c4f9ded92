import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FunctionSpec, InvokePermission } from '../../local/contracts.ts';
import type { RetryPolicy } from '../../local/secrets-manager/rotation.ts';
import { nextRotation } from '../../local/secrets-manager/schedule.ts';
import {
  type AwsWorld,
  type AwsWorldOptions,
  awsWorld,
  temporaryFolder,
} from './support/aws-world.ts';
import { accountId, functionOf, region, removeCode } from './support/functions.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function clientOf(
  options: AwsWorldOptions = {},
): Promise<{ readonly client: SecretsManagerClient; readonly world: AwsWorld }> {
  const world = await awsWorld(options);
  const client = new SecretsManagerClient({ ...world.clientConfig(), maxAttempts: 1 });
  cleanUps.push(async () => {
    client.destroy();
    await world.stop();
  });
  return { client, world };
}

const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
];

/** A secret `ring` with the value `one` under the id `first`. */
async function withRing(
  options: AwsWorldOptions = {},
): Promise<{ readonly client: SecretsManagerClient; readonly world: AwsWorld }> {
  const made = await clientOf(options);
  const command = { Name: 'ring', SecretString: 'one', ClientRequestToken: first };
  await made.client.send(new CreateSecretCommand(command));
  return made;
}

async function labels(client: SecretsManagerClient): Promise<Record<string, string[]>> {
  const { VersionIdsToStages = {} } = await client.send(
    new DescribeSecretCommand({ SecretId: 'ring' }),
  );
  return VersionIdsToStages;
}

function put(
  client: SecretsManagerClient,
  id: string,
  value: string,
  stages?: string[],
): Promise<unknown> {
  return client.send(
    new PutSecretValueCommand({
      SecretId: 'ring',
      ClientRequestToken: id,
      SecretString: value,
      ...(stages === undefined ? {} : { VersionStages: stages }),
    }),
  );
}

function move(
  client: SecretsManagerClient,
  label: string,
  to?: string,
  from?: string,
): Promise<unknown> {
  return client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: 'ring',
      VersionStage: label,
      ...(to === undefined ? {} : { MoveToVersionId: to }),
      ...(from === undefined ? {} : { RemoveFromVersionId: from }),
    }),
  );
}

describe('a secret', () => {
  test('is found by name, ARN and ARN without its last characters', async () => {
    const { client } = await withRing();
    const { ARN = '' } = await client.send(new DescribeSecretCommand({ SecretId: 'ring' }));
    expect(ARN).toMatch(
      new RegExp(`^arn:aws:secretsmanager:${region}:${accountId}:secret:ring-[A-Za-z0-9]{6}$`),
    );
    for (const SecretId of ['ring', ARN, ARN.slice(0, -7)]) {
      const read = await client.send(new GetSecretValueCommand({ SecretId }));
      expect(read).toMatchObject({
        ARN,
        Name: 'ring',
        SecretString: 'one',
        VersionId: first,
        VersionStages: ['AWSCURRENT'],
      });
      expect(read.CreatedDate).toBeInstanceOf(Date);
    }
  });

  test('keeps bytes as bytes', async () => {
    const { client } = await clientOf();
    const SecretBinary = new Uint8Array([0, 255, 128]);
    await client.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary }));
    const read = await client.send(new GetSecretValueCommand({ SecretId: 'bytes' }));
    expect([...(read.SecretBinary ?? [])]).toEqual([0, 255, 128]);
    expect(read.SecretString).toBeUndefined();
  });

  test('is made once; the same request again is answered alike', async () => {
    const { client } = await withRing();
    const same = { Name: 'ring', SecretString: 'one', ClientRequestToken: first };
    expect(await client.send(new CreateSecretCommand(same))).toMatchObject({ VersionId: first });
    await expect(
      client.send(new CreateSecretCommand({ ...same, SecretString: 'two' })),
    ).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  test('that is not there is a ResourceNotFoundException, and so is a version', async () => {
    const { client } = await withRing();
    const read = (input: { SecretId: string; VersionId?: string; VersionStage?: string }) =>
      client.send(new GetSecretValueCommand(input));
    const missing = { name: 'ResourceNotFoundException' };
    await expect(read({ SecretId: 'nobody' })).rejects.toMatchObject(missing);
    await expect(read({ SecretId: 'ring', VersionId: second })).rejects.toMatchObject(missing);
    await expect(read({ SecretId: 'ring', VersionStage: 'AWSPENDING' })).rejects.toMatchObject(
      missing,
    );
    await expect(
      read({ SecretId: 'ring', VersionId: first, VersionStage: 'AWSPENDING' }),
    ).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  test('refuses reads while it is scheduled for deletion, until it is restored', async () => {
    const { client } = await withRing();
    await client.send(new DeleteSecretCommand({ SecretId: 'ring', RecoveryWindowInDays: 7 }));
    const refused = { name: 'InvalidRequestException' };
    await expect(
      client.send(new GetSecretValueCommand({ SecretId: 'ring' })),
    ).rejects.toMatchObject(refused);
    await expect(put(client, second, 'two')).rejects.toMatchObject(refused);
    await expect(
      client.send(new CreateSecretCommand({ Name: 'ring', SecretString: 'x' })),
    ).rejects.toMatchObject(refused);
    await client.send(new RestoreSecretCommand({ SecretId: 'ring' }));
    expect(await client.send(new GetSecretValueCommand({ SecretId: 'ring' }))).toMatchObject({
      SecretString: 'one',
    });
  });

  test('is gone at once when deletion is forced, and when its window ends', async () => {
    let now = 1_800_000_000;
    const { client } = await withRing({ secrets: { nowSeconds: () => now } });
    await client.send(new CreateSecretCommand({ Name: 'other', SecretString: 'x' }));
    await client.send(
      new DeleteSecretCommand({ SecretId: 'other', ForceDeleteWithoutRecovery: true }),
    );
    await client.send(new DeleteSecretCommand({ SecretId: 'ring', RecoveryWindowInDays: 7 }));
    const all = () => client.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
    now += 7 * 86_400 - 1;
    expect((await all()).SecretList?.map(({ Name }) => Name)).toEqual(['ring']);
    now += 1;
    expect((await all()).SecretList).toEqual([]);
  });

  test('ends at 64 KB', async () => {
    const { client } = await withRing();
    await put(client, second, 'a'.repeat(65_536));
    await expect(put(client, third, 'a'.repeat(65_537))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test('survives a restart in a file that nobody else can read', async () => {
    const folder = temporaryFolder();
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'secrets.json');
    const before = await withRing({ secrets: { file } });
    await put(before.client, second, 'two', ['AWSPENDING']);
    const arn = (await before.client.send(new DescribeSecretCommand({ SecretId: 'ring' }))).ARN;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { client } = await clientOf({ secrets: { file } });
    expect(await labels(client)).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });
    const read = await client.send(
      new GetSecretValueCommand({ SecretId: arn, VersionStage: 'AWSPENDING' }),
    );
    expect(read.SecretString).toBe('two');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schema: 1 });
  });
});

describe('labels', () => {
  test('a new value is current, and the one before is previous', async () => {
    const { client } = await withRing();
    await put(client, second, 'two');
    expect(await labels(client)).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
    await put(client, third, 'three');
    expect(await labels(client)).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
  });

  test('a version carries the labels it is given, and a label is on one version', async () => {
    const { client } = await withRing();
    await put(client, second, 'two', ['AWSPENDING', 'blue']);
    await put(client, third, 'three', ['blue']);
    expect(await labels(client)).toEqual({
      [first]: ['AWSCURRENT'],
      [second]: ['AWSPENDING'],
      [third]: ['blue'],
    });
  });

  test('the same value under the same id changes nothing, another value is refused', async () => {
    const { client } = await withRing();
    await put(client, second, 'two', ['AWSPENDING']);
    await put(client, second, 'two', ['AWSPENDING']);
    await put(client, first, 'one');
    await expect(put(client, second, 'other', ['AWSPENDING'])).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    expect(await labels(client)).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });
  });

  test('AWSCURRENT moves only away from the version that is named', async () => {
    const { client } = await withRing();
    await put(client, second, 'two', ['AWSPENDING']);
    const invalid = { name: 'InvalidParameterException' };
    await expect(move(client, 'AWSCURRENT', second)).rejects.toMatchObject(invalid);
    await expect(move(client, 'AWSCURRENT', second, second)).rejects.toMatchObject(invalid);
    await move(client, 'AWSCURRENT', second, first);
    expect(await labels(client)).toEqual({
      [first]: ['AWSPREVIOUS'],
      [second]: ['AWSPENDING', 'AWSCURRENT'],
    });
    await expect(move(client, 'AWSCURRENT', first, first)).rejects.toMatchObject(invalid);
  });

  test('AWSCURRENT is never removed, other labels are, by their holder only', async () => {
    const { client } = await withRing();
    await put(client, second, 'two', ['AWSPENDING']);
    const invalid = { name: 'InvalidParameterException' };
    await expect(move(client, 'AWSCURRENT', undefined, first)).rejects.toMatchObject(invalid);
    await expect(move(client, 'AWSPENDING', undefined, first)).rejects.toMatchObject(invalid);
    await expect(move(client, 'AWSPENDING')).rejects.toMatchObject(invalid);
    await expect(move(client, 'AWSPENDING', third)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await move(client, 'AWSPENDING', undefined, second);
    expect(await labels(client)).toEqual({ [first]: ['AWSCURRENT'] });
    const listed = async (IncludeDeprecated: boolean) => {
      const command = new ListSecretVersionIdsCommand({ SecretId: 'ring', IncludeDeprecated });
      return (await client.send(command)).Versions?.map(({ VersionId }) => VersionId);
    };
    expect(await listed(false)).toEqual([first]);
    expect(await listed(true)).toEqual([first, second]);
  });

  test('after any calls each label is on one version, and one version is current', async () => {
    const { secrets } = (await withRing()).world;
    const id = fc.constantFrom(first, second, third);
    const label = fc.constantFrom('AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', 'blue');
    const call = fc.oneof(
      fc.record({
        operation: fc.constant('PutSecretValue'),
        ClientRequestToken: id,
        SecretString: fc.constantFrom('one', 'two'),
        VersionStages: fc.uniqueArray(label, { maxLength: 3 }),
      }),
      fc.record(
        {
          operation: fc.constant('UpdateSecretVersionStage'),
          VersionStage: label,
          MoveToVersionId: id,
          RemoveFromVersionId: id,
        },
        { requiredKeys: ['operation', 'VersionStage'] },
      ),
    );
    let run = 0;
    fc.assert(
      fc.property(fc.array(call, { maxLength: 30 }), (calls) => {
        run += 1;
        const SecretId = `ring-${run}`;
        secrets.call('CreateSecret', {
          Name: SecretId,
          SecretString: 'one',
          ClientRequestToken: first,
        });
        for (const { operation, ...input } of calls) {
          const at = () => secrets.call('DescribeSecret', { SecretId }).VersionIdsToStages;
          const before = JSON.stringify(at());
          try {
            secrets.call(operation, { SecretId, ...input });
          } catch {
            expect(JSON.stringify(at())).toBe(before);
          }
          const attached = Object.values(at() as Record<string, string[]>).flat();
          expect(new Set(attached).size).toBe(attached.length);
          expect(attached).toContain('AWSCURRENT');
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** A rotation function that notes its steps in tags of the event, and does what its environment says. */
const rotationCode = `
  import { appendFileSync, readFileSync, existsSync } from 'node:fs';
  export const handler = async (event) => {
    const call = async (operation, input) => {
      const response = await fetch(process.env.AWS_ENDPOINT_URL, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'secretsmanager.' + operation,
          authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/x, Signature=0',
        },
        body: JSON.stringify({ SecretId: event.SecretId, ...input }),
      });
      const body = await response.json();
      if (!response.ok) throw new Error(body.__type);
      return body;
    };
    appendFileSync('steps', event.Step + ' ' + event.ClientRequestToken + '\\n');
    const fails = existsSync('fail') ? readFileSync('fail', 'utf8') : '';
    if (fails === event.Step) throw new Error('as told');
    const token = event.ClientRequestToken;
    const described = (await call('DescribeSecret', {})).VersionIdsToStages;
    if (!described[token].includes('AWSPENDING')) throw new Error('not pending');
    if (event.Step === 'createSecret') {
      const pending = { VersionId: token, VersionStage: 'AWSPENDING' };
      const empty = await call('GetSecretValue', pending).then(() => '', (error) => error.message);
      appendFileSync('steps', 'pending ' + empty + '\\n');
      await call('PutSecretValue', {
        ClientRequestToken: token, SecretString: 'made for ' + token,
        VersionStages: ['AWSPENDING'], RotationToken: event.RotationToken,
      }).catch((error) => { if (empty !== '') throw error; });
    }
    if (event.Step === 'finishSecret') {
      const [from] = Object.entries(described).find(([, stages]) => stages.includes('AWSCURRENT'));
      await call('UpdateSecretVersionStage', {
        VersionStage: 'AWSCURRENT', MoveToVersionId: token, RemoveFromVersionId: from,
      });
    }
    return {};
  };`;

interface RotationWorld {
  readonly client: SecretsManagerClient;
  readonly world: AwsWorld;
  readonly rotation: FunctionSpec;
  /** What the function was asked to do so far. */
  steps(): string[];
  failAt(step: string): void;
  rotate(token: string, more?: object): Promise<unknown>;
}

async function rotationWorld(
  options: {
    readonly retries?: RetryPolicy;
    readonly permission?: Partial<InvokePermission>;
    readonly nowSeconds?: () => number;
  } = {},
): Promise<RotationWorld> {
  const rotation = functionOf('rotation', rotationCode, {
    policies: [{ Statement: [{ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' }] }],
  });
  const { retries = { attempts: 1, gapSeconds: 0 }, nowSeconds } = options;
  const { client, world } = await withRing({
    functions: () => ({
      functions: [rotation],
      permissions: [
        {
          functionName: rotation.arn,
          action: 'lambda:InvokeFunction',
          principal: 'secretsmanager.amazonaws.com',
          sourceAccount: accountId,
          sourceArn: `arn:aws:secretsmanager:${region}:${accountId}:secret:ring-??????`,
          ...options.permission,
        },
      ],
    }),
    secrets: { retries, ...(nowSeconds === undefined ? {} : { nowSeconds }) },
  });
  cleanUps.unshift(() => removeCode([rotation]));
  const file = join(rotation.codeDirectory, 'steps');
  return {
    client,
    world,
    rotation,
    steps() {
      try {
        return readFileSync(file, 'utf8').trimEnd().split('\n');
      } catch {
        return [];
      }
    },
    failAt: (step) => writeFileSync(join(rotation.codeDirectory, 'fail'), step),
    rotate: (ClientRequestToken, more = {}) =>
      client.send(
        new RotateSecretCommand({
          SecretId: 'ring',
          ClientRequestToken,
          RotationLambdaARN: rotation.arn,
          ...more,
        }),
      ),
  };
}

const allSteps = (token: string): string[] => [
  `createSecret ${token}`,
  'pending ResourceNotFoundException',
  `setSecret ${token}`,
  `testSecret ${token}`,
  `finishSecret ${token}`,
];

describe('a rotation', () => {
  test('calls the four steps under one token; the pending version has no value until it is put', async () => {
    const { client, world, steps, rotate } = await rotationWorld();
    expect(await rotate(second)).toMatchObject({ VersionId: second });
    await world.secrets.rotationSettled('ring');
    expect(steps()).toEqual(allSteps(second));
    expect(await labels(client)).toEqual({
      [first]: ['AWSPREVIOUS'],
      [second]: ['AWSPENDING', 'AWSCURRENT'],
    });
    const read = await client.send(new GetSecretValueCommand({ SecretId: 'ring' }));
    expect(read.SecretString).toBe(`made for ${second}`);
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'ring' }));
    expect(described).toMatchObject({ RotationEnabled: true });
    expect(described.LastRotatedDate).toBeInstanceOf(Date);
  });

  test('can follow a rotation that ended, with AWSPENDING on the current version', async () => {
    const { client, world, rotate } = await rotationWorld();
    for (const token of [second, third]) {
      await rotate(token);
      await world.secrets.rotationSettled('ring');
    }
    expect(await labels(client)).toEqual({
      [second]: ['AWSPREVIOUS'],
      [third]: ['AWSPENDING', 'AWSCURRENT'],
    });
  });

  test('succeeds towards its caller although a step fails, and then blocks the next one', async () => {
    const { client, world, steps, failAt, rotate } = await rotationWorld();
    failAt('setSecret');
    await rotate(second);
    await world.secrets.rotationSettled('ring');
    expect(steps().at(-1)).toBe(`setSecret ${second}`);
    expect(await labels(client)).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });
    await expect(rotate(third)).rejects.toMatchObject({ name: 'InvalidRequestException' });
    failAt('nothing');
    await rotate(second);
    await world.secrets.rotationSettled('ring');
    expect(await labels(client)).toMatchObject({ [second]: ['AWSPENDING', 'AWSCURRENT'] });
    expect(world.lines.join('\n')).not.toContain('made for');
  });

  test('is tried again under the same token as often as it is set', async () => {
    const { world, steps, failAt, rotate } = await rotationWorld({
      retries: { attempts: 3, gapSeconds: 0 },
    });
    failAt('createSecret');
    await rotate(second);
    await world.secrets.rotationSettled('ring');
    expect(steps()).toEqual(Array.from({ length: 3 }, () => `createSecret ${second}`));
  });

  test('is not tried again once it is cancelled, and leaves the labels where they are', async () => {
    const { client, world, steps, failAt, rotate } = await rotationWorld({
      retries: { attempts: 2, gapSeconds: 3600 },
    });
    failAt('setSecret');
    await rotate(second, { RotationRules: { AutomaticallyAfterDays: 30 } });
    await vi.waitFor(() => expect(world.lines.join()).toContain('setSecret failed'), 10_000);
    await client.send(new CancelRotateSecretCommand({ SecretId: 'ring' }));
    await world.secrets.rotationSettled('ring');
    expect(steps().filter((step) => step.startsWith('setSecret'))).toHaveLength(1);
    expect(await labels(client)).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'ring' }));
    expect(described.RotationEnabled).toBe(false);
    expect(described.NextRotationDate).toBeUndefined();
  });

  test('needs leave to invoke the function, and says so when it is set up', async () => {
    for (const permission of [
      { sourceAccount: '111111111111' },
      { sourceArn: `arn:aws:secretsmanager:${region}:${accountId}:secret:other-??????` },
    ]) {
      const { steps, rotate } = await rotationWorld({ permission });
      await expect(rotate(second)).rejects.toMatchObject({ name: 'AccessDeniedException' });
      expect(steps()).toEqual([]);
    }
  });

  test('without a function is refused', async () => {
    const { client } = await withRing();
    await expect(client.send(new RotateSecretCommand({ SecretId: 'ring' }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });

  test('that is only scheduled tries testSecret, and leaves no pending version behind', async () => {
    const { client, world, steps, rotate } = await rotationWorld();
    await rotate(second, {
      RotateImmediately: false,
      RotationRules: { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '2h' },
    });
    await world.secrets.rotationSettled('ring');
    expect(steps()).toEqual([`testSecret ${second}`]);
    expect(await labels(client)).toEqual({ [first]: ['AWSCURRENT'] });
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'ring' }));
    expect(described.NextRotationDate?.toISOString()).toMatch(/-01T03:00:00\.000Z$/);
  });

  test('comes by itself when it is due, and takes up the one that got stuck', async () => {
    let now = 1_800_000_000;
    const { client, world, failAt, rotate } = await rotationWorld({ nowSeconds: () => now });
    failAt('setSecret');
    await rotate(second, { RotationRules: { ScheduleExpression: 'rate(1 day)' } });
    await world.secrets.rotationSettled('ring');
    failAt('nothing');
    now += 86_400;
    // The timer counts real seconds; a start looks at the clock anew.
    world.secrets.start(world.host);
    await vi.waitFor(
      async () =>
        expect(await labels(client)).toMatchObject({ [second]: ['AWSPENDING', 'AWSCURRENT'] }),
      10_000,
    );
    await world.secrets.rotationSettled('ring');
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'ring' }));
    expect(described.NextRotationDate?.getTime()).toBe((now + 86_400) * 1000);
  });
});

describe('a schedule', () => {
  const at = (iso: string): number => Date.parse(iso) / 1000;

  test.each([
    ['rate(2 hours)', '2026-11-24T10:00:00Z', '2026-11-24T12:00:00Z'],
    ['rate(1 day)', '2026-11-24T10:00:00Z', '2026-11-25T10:00:00Z'],
    ['rate(30 minutes)', '2026-11-24T10:00:00Z', '2026-11-24T10:30:00Z'],
    ['cron(0 3 1 * ? *)', '2026-11-24T10:00:00Z', '2026-12-01T03:00:00Z'],
    ['cron(0 3 1 * ? *)', '2026-12-01T02:59:59Z', '2026-12-01T03:00:00Z'],
    ['cron(0 3 1 * ? *)', '2026-12-01T03:00:00Z', '2027-01-01T03:00:00Z'],
    ['cron(0/15 8-9 ? * MON-FRI *)', '2026-11-27T09:45:00Z', '2026-11-30T08:00:00Z'],
    ['cron(30 0,12 ? JAN,JUL SUN *)', '2026-11-24T10:00:00Z', '2027-01-03T00:30:00Z'],
    ['cron(0 0 29 2 ? *)', '2026-11-24T10:00:00Z', '2028-02-29T00:00:00Z'],
  ])('%s after %s is due at %s', (expression, after, due) => {
    expect(nextRotation(expression, at(after))).toBe(at(due));
  });

  test.each([
    'rate(0.5 days)',
    'rate(1 week)',
    'cron(0 3 L * ? *)',
    'cron(0 3 1 * ?)',
    'cron(60 3 1 * ? *)',
    'cron(0 0 30 2 ? *)',
    'daily',
  ])('%s is refused', (expression) => {
    expect(() => nextRotation(expression, at('2026-11-24T10:00:00Z'))).toThrow(/schedule/);
  });
});
