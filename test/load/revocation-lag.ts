/**
 * How long a revoked credential is still let in, from outside: `npm run load:revocations`. On the hosted template, with
 * every cache on, each level is tried fifty times (or as often as the argument says) on a REST and an HTTP API: from the
 * answer to the revocation to the last request that was let in. Beside it credentials are used all the time that nobody
 * revoked. Afterwards the log is slow, throttled and away.
 *
 * Ends with 1 when anything was let in for longer than the deployment prints, or refused without a reason.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { recordChangeSeconds } from '../../functions/core/durations.ts';
import { bundleAll } from '../../infra/bundle.ts';
import { demoWorld } from '../support/demo-world.ts';
import { printedBounds } from '../support/printed-bounds.ts';
import { levels, type Victim } from './revocation-lag/levels.ts';
import { outages } from './revocation-lag/outages.ts';
import { type Watched, watch } from './revocation-lag/watch.ts';

const trials = Number(process.argv[2] ?? 50);
const settings = {
  revocationPollSeconds: 5,
  revocationMaxStaleSeconds: 15,
  publishedKeysMax: 100,
};

await bundleAll();
const world = await demoWorld(
  { settings: JSON.stringify(settings), revocationLag: '8' },
  { environmentsMax: 2 },
);
const bound = printedBounds(world.assembly);
let failures = 0;

const bystanders = watch(
  world,
  await Promise.all((await levels(world)).map(({ make }) => make())),
  1_000,
);
let areWatched = true;

process.stdout.write(
  `bound: ${bound('rest', 'GET /orders')} s on REST, ${bound('http', 'GET /orders')} s on HTTP\n`,
);
const all = await levels(world);
const kept = new Map<string, Victim[]>();
for (const { name, make, isKept } of all) {
  if (isKept) kept.set(name, await Promise.all(Array.from({ length: trials }, make)));
}
const keptSince = Date.now();

for (const { name, make, revoke, isOneByOne, everyMilliseconds = 400 } of all) {
  const made = kept.get(name) ?? [];
  if (made.length > 0) {
    const ripe = keptSince + (recordChangeSeconds + 2) * 1_000;
    await sleep(Math.max(0, ripe - Date.now()));
  }
  if (isOneByOne && areWatched) await endOfBystanders();
  const victims: Victim[] = [];
  const watched: Watched[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const victim = made[trial] ?? (await make());
    victims.push(victim);
    const one = watch(world, [victim], everyMilliseconds);
    await one.used();
    watched.push(one);
    if (isOneByOne) await withdraw(one, () => revoke(victim));
  }
  if (!isOneByOne) {
    await Promise.all(
      victims.map(async (victim, index) => {
        // Not all at one time: what is known of the log is as old as can be for some, and as new for others.
        await sleep(Math.random() * 1_000 * settings.revocationPollSeconds);
        const one = watched[index];
        if (one !== undefined) await withdraw(one, () => revoke(victim));
      }),
    );
  }
  const lags = (await Promise.all(watched.map((one) => one.ended()))).flat();
  const late = lags.filter(({ api, seconds }) => seconds > bound(api, 'GET /orders'));
  failures += late.length;
  const sorted = lags.map(({ seconds }) => seconds).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]?.toFixed(2);
  process.stdout.write(
    `${name}: ${lags.length / 2} trials on two APIs, last let in after ${at(0.5)} s (median), ${at(1)} s (most); ${late.length} late\n`,
  );
}

if (areWatched) await endOfBystanders();
// Until the issuer knows of the last key that was revoked.
await sleep(1_000 * (settings.revocationPollSeconds + 1));
for (const { name, isAsStated, said } of await outages(world, settings)) {
  process.stdout.write(`${name}: ${said}\n`);
  if (!isAsStated) failures += 1;
}
await sleep(100);
await world.stop();
process.exitCode = failures === 0 ? 0 : 1;

/** Nobody revoked them, and nobody may have refused them. */
async function endOfBystanders(): Promise<void> {
  areWatched = false;
  const { accepted, refused } = await bystanders.stop();
  process.stdout.write(`nobody revoked: ${accepted} calls let in, ${refused} refused\n`);
  failures += refused;
}

async function withdraw(one: Watched, revoke: () => Promise<void>): Promise<void> {
  await revoke();
  one.revoked();
}
