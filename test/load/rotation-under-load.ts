/**
 * Calls the protected APIs of the hosted template without a pause while the keys rotate four times: `npm run load`.
 * Durations are shortened through the deployment's own settings, so that keys also leave the published set within the
 * run. Prints its counts; ends with 1 when a valid token was refused, or one of a removed key was accepted.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { importJWK, type JWK, SignJWT } from 'jose';
import { bundleAll } from '../../infra/bundle.ts';
import { demoWorld } from '../support/demo-world.ts';

const callsWanted = Number(process.argv[2] ?? 20_000);
const workers = 8;
const audience = 'https://orders.example.com';
const settings = {
  accessTokenLifetimeSeconds: 15,
  accessTokenLifetimeMaxSeconds: 15,
  clockSkewSeconds: 2,
  ringCacheSeconds: 1,
  ringHoldSeconds: 3,
  publishedKeysCacheSeconds: 1,
  publicationLeadSeconds: 5,
};
const retirement = 15 + 3 + 2 * 2;

const started = Date.now();
const elapsed = () => ((Date.now() - started) / 1000).toFixed(1);
await bundleAll();
const world = await demoWorld({ settings: JSON.stringify(settings), revocationLag: '0' });
const agent = new Agent({ keepAlive: true, maxSockets: workers * 2 });
const counts = { accepted: 0, refused: 0, unavailable: 0, removedAccepted: 0, removedRefused: 0 };
const statuses = new Map<string, number>();
const kids = new Set<string>();
let isRunning = true;

/** The keys that sign at the start, with their private halves: only the account's owner can have them. */
const firstRing = await world.ring();
const stolen = firstRing.keys.filter(({ state }) => state === 'active');
const controls = await callWithEach(stolen);
if (controls.some((status) => status !== 200))
  throw new Error(`controls were refused: ${controls}`);

const load = Promise.all(Array.from({ length: workers }, (_, index) => work(index)));
for (const [index, pause] of [3, 4, retirement + 2, retirement + 2].entries()) {
  await sleep(pause * 1000);
  await world.rotate();
  process.stdout.write(`${elapsed()} s: rotation ${index + 1} of 4, ${calls()} calls so far\n`);
}
const published = (await (await fetch(`${world.issuer}/.well-known/jwks.json`)).json()) as {
  keys: readonly { kid: string }[];
};
const removed = stolen.filter(({ kid }) => !published.keys.some((key) => key.kid === kid));
if (removed.length !== stolen.length) throw new Error('the first keys are still published');
// Verifiers look at the set again within a second of real time.
await sleep(2_000);
for (let round = 0; round < 20; round += 1) {
  for (const status of await callWithEach(removed)) {
    if (status === 200) counts.removedAccepted += 1;
    else counts.removedRefused += 1;
  }
}
// The last key has to show up in tokens as well: callers renew theirs within 12 seconds.
for (let waits = 0; waits < 150 && (calls() < callsWanted || kids.size < 5); waits += 1)
  await sleep(200);
isRunning = false;
await load;
agent.destroy();
await world.stop();

process.stdout.write(
  `${[
    `calls with valid tokens        ${calls()}`,
    `  accepted                     ${counts.accepted}`,
    `  refused                      ${counts.refused}`,
    `  answered 5xx                 ${counts.unavailable}`,
    `signing keys seen in tokens    ${kids.size}`,
    `calls with tokens of removed keys  ${counts.removedAccepted + counts.removedRefused}`,
    `  accepted                     ${counts.removedAccepted}`,
    `  refused                      ${counts.removedRefused}`,
    `statuses                       ${JSON.stringify(Object.fromEntries(statuses))}`,
    `seconds                        ${elapsed()}`,
  ].join('\n')}\n`,
);
const isGood =
  counts.refused === 0 &&
  counts.unavailable === 0 &&
  counts.removedAccepted === 0 &&
  kids.size >= 5;
process.exitCode = isGood ? 0 : 1;

function calls(): number {
  return counts.accepted + counts.refused + counts.unavailable;
}

/** One caller: holds a token as a good client does, until shortly before it expires. */
async function work(index: number): Promise<void> {
  let token = '';
  let renewAt = 0;
  for (let call = index; isRunning; call += 1) {
    if (Date.now() >= renewAt) {
      token = await world.token('orders:read');
      renewAt = Date.now() + (5 + (index % 8)) * 1000;
      kids.add(
        String(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid),
      );
    }
    const status = await get(call % 2 === 0 ? world.restApi : world.httpApi, token);
    statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
    if (status === 200) counts.accepted += 1;
    else if (status >= 500) counts.unavailable += 1;
    else counts.refused += 1;
  }
}

/** Signs fresh tokens, perfect in everything, with keys that were taken from the ring. */
async function callWithEach(keys: readonly Record<string, unknown>[]): Promise<number[]> {
  const answers: number[] = [];
  for (const key of keys) {
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({ client_id: world.clientId, scope: 'orders:read' })
      .setProtectedHeader({ alg: String(key.alg), typ: 'at+jwt', kid: String(key.kid) })
      .setIssuer(world.issuer)
      .setSubject(world.clientId)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + 10)
      .setJti(crypto.randomUUID())
      .sign(await importJWK(key.private as JWK, String(key.alg)));
    answers.push(await get(world.restApi, token), await get(world.httpApi, token));
  }
  return answers;
}

function get(api: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${api}/orders`,
      { agent, headers: { authorization: `Bearer ${token}` } },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    call.once('error', reject);
    call.end();
  });
}
