import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { counterAssembly } from '../support/counter-assembly.ts';
import { edgesAssembly } from '../support/edges-assembly.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const main = join(import.meta.dirname, '..', '..', 'local', 'main.ts');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  /** Settles with the first line on stdout, or with nothing when there is none until the end. */
  readonly firstLine: Promise<string | undefined>;
  /** Settles when stderr contains the text. */
  told(text: string): Promise<void>;
  readonly end: Promise<{
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }>;
}

function run(folder: string, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder });
  children.push(child);
  let out = '';
  let err = '';
  const waiting: (() => void)[] = [];
  const firstLine = Promise.withResolvers<string | undefined>();
  child.stdout.on('data', (chunk) => {
    out += chunk.toString();
    if (out.includes('\n')) firstLine.resolve(out.split('\n')[0]);
  });
  child.stderr.on('data', (chunk) => {
    err += chunk.toString();
    for (const look of waiting) look();
  });
  const end = new Promise<Awaited<Run['end']>>((resolve) => {
    child.on('close', (code) => {
      firstLine.resolve(undefined);
      resolve({ code, out, err });
    });
  });
  return {
    ...{ child, end, firstLine: firstLine.promise },
    told: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (err.includes(text)) resolve();
        };
        waiting.push(look);
        look();
      }),
  };
}

const json = ['--port', '0', '--output', 'json'];

interface ReadyLine {
  readonly ready: boolean;
  readonly token_endpoint: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly pid: number;
}

test('prints one JSON line when everything answers, and tells the command line in a private file', async () => {
  const here = temporaryFolder();
  const { child, firstLine, end } = run(here, '--assembly', counterAssembly(), ...json);
  const ready = JSON.parse((await firstLine) ?? '{}') as ReadyLine;
  expect(ready).toMatchObject({
    ...{ ready: true, rest_api: null, client_id: 'demo-id', pid: child.pid },
    aws_endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
  expect((await fetch(ready.token_endpoint)).status).toBe(200);
  const file = join(here, '.keyward', 'local.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    ...{ client_secret: ready.client_secret, region: 'us-east-1', name: 'default' },
  });
  child.kill('SIGTERM');
  const { code, out } = await end;
  expect([code, out.split('\n')]).toEqual([0, [JSON.stringify(ready), '']]);
  expect(existsSync(file)).toBe(false);
  await expect(fetch(ready.token_endpoint)).rejects.toThrow();
});

test('keeps the certificates of custom domains with its state, and says where', async () => {
  const here = temporaryFolder();
  const { child, firstLine, end } = run(here, '--assembly', edgesAssembly(), ...json);
  const tls = join(here, '.keyward', 'tls');
  expect(JSON.parse((await firstLine) ?? '{}')).toMatchObject({
    websocket_api: expect.stringMatching(/^ws:/),
    mtls_api: expect.stringMatching(/^https:/),
    ca_file: join(tls, 'ca.pem'),
    client_cert_file: join(tls, 'client.pem'),
    client_key_file: join(tls, 'client-key.pem'),
  });
  child.kill('SIGTERM');
  expect((await end).code).toBe(0);
  expect(existsSync(join(tls, 'ca-key.pem'))).toBe(true);
});

test('keeps the demo credentials with the data', async () => {
  const here = temporaryFolder();
  const args = ['--assembly', counterAssembly(), '--data', join(here, 'data'), ...json];
  const secretOf = async (): Promise<string> => {
    const { child, firstLine, end } = run(here, ...args);
    const { client_secret } = JSON.parse((await firstLine) ?? '{}') as ReadyLine;
    child.kill('SIGINT');
    expect((await end).code).toBe(0);
    return client_secret;
  };
  expect(await secretOf()).toBe(await secretOf());
});

test('tells a person where everything is, with lines to paste', async () => {
  const { child, firstLine, end } = run(
    temporaryFolder(),
    '--assembly',
    counterAssembly(),
    '--port',
    '0',
  );
  expect(await firstLine).toBe('Keyward is ready.');
  child.kill('SIGTERM');
  const { out, err } = await end;
  expect(out).toMatch(/curl -s -u 'demo-id:demo-/);
  expect(err).toBe('');
});

test('ends at once when it is told to while it starts', async () => {
  const started = run(
    temporaryFolder(),
    '--assembly',
    counterAssembly({ HANGS: '1' }),
    ...json,
    '--verbose',
  );
  await started.told('seeding');
  started.child.kill('SIGINT');
  const { code, out } = await started.end;
  expect([code, out]).toEqual([0, '']);
});

test.each([
  [['--port', 'x'], '--port'],
  [['--port', '70000'], '--port'],
  [['--output', 'xml'], '--output'],
  [['--context', 'novalue'], '--context'],
  [['--unknown'], '--unknown'],
  [['extra'], 'extra'],
])('a bad flag is one line and exit 2: %j', async (args, name) => {
  const { code, out, err } = await run(temporaryFolder(), ...args).end;
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^[^\n]+\n$/);
  expect(err).toContain(name);
});

test('a port that is taken is one line that names it, and exit 1', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  const { code, err } = await run(
    temporaryFolder(),
    '--assembly',
    counterAssembly(),
    '--port',
    String(port),
  ).end;
  expect([code, err]).toEqual([1, `port ${port} is in use: choose another base with --port\n`]);
  await new Promise((resolve) => server.close(resolve));
});

test('a folder that holds no assembly is one line and exit 1', async () => {
  const here = temporaryFolder();
  const { code, err } = await run(here, '--assembly', here, ...json).end;
  expect([code, err]).toEqual([1, `${here} is no cloud assembly: it holds no manifest.json\n`]);
});
