/**
 * What Basic authentication costs, and whether its refusals can be told apart by their time: `npm run bench:basic`. Cases
 * take turns, so that whatever else the machine does falls on all of them alike. Times are printed and never judged; that
 * each refusal does the same work is a test.
 */
import { memoryFailureCounter } from '../functions/adapters/memory/failure-counter.ts';
import { memoryRegistry } from '../functions/adapters/memory/registry.ts';
import { systemPause } from '../functions/adapters/system/pause.ts';
import { systemRandomness } from '../functions/adapters/system/randomness.ts';
import { basicAuthenticator } from '../functions/authorizers/basic/authenticate.ts';
import type { BasicUser } from '../functions/core/credentials/basic-user.ts';
import { basicUserKind } from '../functions/core/credentials/basic-user-record.ts';
import { hashPassword } from '../functions/core/credentials/password-hash.ts';
import { digest } from '../functions/core/digest.ts';
import { cachedLookup } from '../functions/core/records/cached-lookup.ts';
import { revocationView } from '../functions/core/revocation/revocation-view.ts';
import { median, quartiles } from './measure/statistics.ts';

interface Case {
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly expected: string;
  /** Later in time than everything that is remembered or counted. */
  readonly isFirst: boolean;
}

interface Row {
  readonly case: string;
  /** Of the wall clock; half of all measurements lie between the quartiles. */
  readonly medianMs: number;
  readonly lowerMs: number;
  readonly upperMs: number;
  /** Of all threads. */
  readonly cpuMs: number;
  /** Medians, to the first case of the table. */
  readonly ratio: number;
}

const audience = 'https://orders.example.com';
const password = 'correct horse battery staple';
const isJson: boolean = process.argv.includes('--json');
const rounds: number = Number(process.env.ROUNDS ?? 60);

const wrong = { password: 'no horse at all', isFirst: true } as const;
const right = { password, expected: 'authenticated' } as const;

const refusals: readonly Case[] = [
  { name: 'a person', username: 'person', expected: 'bad_password', ...wrong },
  { name: 'nobody', username: 'nobody', expected: 'key_unknown', ...wrong },
  { name: 'a program', username: 'program', expected: 'bad_password', ...wrong },
];
const admissions: readonly Case[] = [
  { name: 'a person, first', username: 'person', isFirst: true, ...right },
  { name: 'a person, remembered', username: 'person', isFirst: false, ...right },
  { name: 'a program', username: 'program', isFirst: true, ...right },
];

async function main(): Promise<void> {
  const present = await caller();
  // Code is compiled and pairs are remembered before anything counts.
  await measured([...refusals, ...admissions], 5, present);
  const refused = await measured(refusals, rounds, present);
  const admitted = await measured(admissions, rounds, present);
  if (isJson) {
    const { node } = process.versions;
    process.stdout.write(`${JSON.stringify({ node, rounds, refused, admitted }, null, 2)}\n`);
    return;
  }
  for (const [title, rows] of [
    ['a wrong password of', refused],
    ['the right password of', admitted],
  ] as const) {
    process.stdout.write(`\n${title} (${rounds} rounds)\n`);
    console.table(rows);
  }
}

/** Presents the credential of a case to one environment over stores in memory. */
async function caller(): Promise<(some: Case) => Promise<string>> {
  const grantee = {
    owner: 'bench',
    scope: [],
    resources: [audience],
    status: 'enabled',
    addresses: [],
    passwordSetAt: 1,
    createdAt: 1,
    updatedAt: 1,
  } as const;
  const phc = await hashPassword(password, systemRandomness.bytes(16));
  const users: readonly BasicUser[] = [
    { ...grantee, username: 'person', secret: { kind: 'password', phc } },
    { ...grantee, username: 'program', secret: { kind: 'generated', hash: digest(password) } },
  ];
  const authenticator = basicAuthenticator({
    users: cachedLookup(memoryRegistry(basicUserKind, users), {
      ttlSeconds: 60,
      clock: { now: () => 0 },
      markOf: (id) => id,
    }),
    failures: memoryFailureCounter(),
    issuer: 'https://auth.example.com',
    audience,
    randomness: systemRandomness,
    pause: systemPause,
  });
  let later = 1_800_000_000;

  return async ({ username, password: text, isFirst }) => {
    if (isFirst) later += 7_200;
    const authentication = await authenticator.authenticate(
      Buffer.from(`${username}:${text}`).toString('base64'),
      {
        now: isFirst ? later : 1_700_000_000,
        // A first one must not be the end of a pair that is remembered.
        sourceIp: isFirst ? '192.0.2.1' : '192.0.2.2',
        isReplayed: false,
        revocations: revocationView(),
        isStrict: false,
      },
    );
    return authentication.kind === 'rejected' ? authentication.reason : authentication.kind;
  };
}

async function measured(
  cases: readonly Case[],
  times: number,
  present: (some: Case) => Promise<string>,
): Promise<readonly Row[]> {
  const wall = cases.map((): number[] => []);
  const cpu = cases.map((): number[] => []);
  for (let round = 0; round < times; round += 1) {
    for (const [i, some] of cases.entries()) {
      const cpuBefore = process.cpuUsage();
      const before = performance.now();
      const outcome = await present(some);
      wall[i]?.push(performance.now() - before);
      const { user, system } = process.cpuUsage(cpuBefore);
      cpu[i]?.push((user + system) / 1_000);
      if (outcome !== some.expected) throw new Error(`${some.name}: ${outcome}`);
    }
  }
  const first = median(wall[0] ?? []);
  return cases.map(({ name }, i) => {
    const own = wall[i] ?? [];
    const { lower, upper } = quartiles(own);
    return {
      ...{ case: name, medianMs: rounded(median(own)) },
      ...{ lowerMs: rounded(lower), upperMs: rounded(upper) },
      cpuMs: rounded(median(cpu[i] ?? [])),
      ratio: rounded(median(own) / first),
    };
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

await main();
