import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyPassword } from '../../functions/core/credentials/password-hash.ts';
import { keyward, type Outcome } from '../support/command-line.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';

let world: DemoWorld;
let dynamo: DynamoDBClient;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyward-cli-users-'));
  world = await demoWorld();
  dynamo = new DynamoDBClient({
    endpoint: world.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}, 60_000);
afterAll(async () => {
  dynamo.destroy();
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** `keyward users …`. */
function users(args: readonly string[], input?: string): Promise<Outcome> {
  return keyward(['users', ...args, '--endpoint', world.awsEndpoint], { folder, input });
}

async function json(args: readonly string[], input?: string): Promise<Record<string, unknown>> {
  const outcome = await users(args, input);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(outcome.stdout);
}

/** The hash that the deployed table has of a user's password. */
async function storedHash(username: string): Promise<string> {
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
  for (const TableName of TableNames) {
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
    const phc = Items.find(({ pk }) => pk?.S === `BU#${username}`)?.secret?.M?.phc?.S;
    if (phc !== undefined) return phc;
  }
  throw new Error('there is no such user');
}

describe('keyward users', () => {
  test('a user is made, listed, given another password, disabled, enabled and deleted', async () => {
    const created = await json(['create', 'alice', '--scope', 'orders:read', '--owner', 'team-a']);
    expect(created).toMatchObject({
      username: 'alice',
      owner: 'team-a',
      scope: 'orders:read',
      status: 'enabled',
      password_kind: 'generated',
      password: expect.stringMatching(/^kwup_/),
    });
    const drawn = await json(['set-password', 'alice', '--generate-password']);
    expect(drawn.password).not.toBe(created.password);

    // Spaces around it are part of it, the end of the line is not.
    const chosen = await json(['set-password', 'alice', '--password-stdin'], ' päss wörd \n');
    expect(chosen).toMatchObject({ password_kind: 'password' });
    expect(chosen).not.toHaveProperty('password');
    expect(await verifyPassword(' päss wörd ', await storedHash('alice'))).toBe(true);

    const table = await users(['list', '--output', 'table']);
    expect(table.stdout.split('\n')[0]).toMatch(/^username +owner +status +scope +password_kind/);
    expect(table.stdout).toMatch(/^alice +team-a +enabled +orders:read +password .*false/m);

    expect(await json(['disable', 'alice'])).toMatchObject({ status: 'disabled' });
    expect(await json(['enable', 'alice'])).toMatchObject({ status: 'enabled' });
    expect((await users(['delete', 'alice'])).code).toBe(2);
    expect(await json(['delete', 'alice', '--yes'])).toEqual({ username: 'alice', deleted: true });
    expect((await users(['disable', 'alice'])).code).toBe(3);
  }, 60_000);

  test.each([
    [['create'], '', 2],
    [['create', 'bob', '--password', 'as an argument'], '', 2],
    [['create', 'bob', 'as an argument'], '', 2],
    [['create', 'bob', '--password-stdin'], '\n', 2],
    [['create', 'bob', '--password-stdin'], 'short\n', 2],
    [['create', 'bob', '--password-stdin', '--generate-password'], 'long enough', 2],
    [['create', 'b:b'], '', 2],
    [['set-password', 'nobody', '--password-stdin'], 'long enough', 3],
  ])(
    '%j with %j on stdin ends with %d, one line on stderr and nothing on stdout',
    async (args, input, code) => {
      const outcome = await users(args, input);
      expect(outcome).toMatchObject({ code, stdout: '' });
      expect(outcome.stderr).toMatch(/^keyward: [^\n]+\n$/);
      expect(outcome.stderr).not.toMatch(/short|long enough/);
    },
  );
});
