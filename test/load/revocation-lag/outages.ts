import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../local/aws/fault.ts';
import { ask } from '../../support/ask.ts';
import type { DemoWorld } from '../../support/demo-world.ts';
import { levels } from './levels.ts';

interface Outcome {
  readonly name: string;
  readonly isAsStated: boolean;
  readonly said: string;
}

interface Durations {
  readonly revocationPollSeconds: number;
  readonly revocationMaxStaleSeconds: number;
}

/**
 * What happens on a route that API Gateway keeps no answer for while the log is slow, throttled or away, for longer than
 * what is known of it may be used.
 */
export async function outages(
  world: DemoWorld,
  { revocationPollSeconds: poll, revocationMaxStaleSeconds: maxStale }: Durations,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const slow: Fault = { kind: 'latency', milliseconds: 600 };
  outcomes.push({ name: 'log that answers slowly', ...(await whileSlow(world, slow, poll)) });
  for (const [name, fault] of [
    ['log that is throttled', { kind: 'throttle' }],
    ['log that does not answer', { kind: 'hang', when: 'before' }],
  ] as const) {
    outcomes.push({ name, ...(await whileAway(world, fault, poll, maxStale)) });
  }
  return outcomes;
}

async function whileSlow(world: DemoWorld, fault: Fault, poll: number) {
  const end = world.hosted.endpoint.inject({ operation: 'dynamodb:Query', fault });
  const [level] = await levels(world);
  const victim = await level?.make();
  if (level === undefined || victim === undefined) throw new Error('nobody');
  const before = await statusOf(world, victim.headers);
  await level.revoke(victim);
  await sleep(poll * 1_000);
  const after = await statusOf(world, victim.headers);
  end();
  return {
    isAsStated: before === 200 && after === 401,
    said: `let in before (${before}), refused after ${poll} s (${after})`,
  };
}

async function whileAway(world: DemoWorld, fault: Fault, poll: number, maxStale: number) {
  const [level] = await levels(world);
  const revoked = await level?.make();
  const good = await level?.make();
  if (level === undefined || revoked === undefined || good === undefined) throw new Error('nobody');
  await statusOf(world, revoked.headers);
  const end = world.hosted.endpoint.inject({ operation: 'dynamodb:Query', fault });
  const began = Date.now();
  const statuses = new Map<string, number>();
  const note = (when: string, status: number) => {
    const name = `${when} ${status}`;
    statuses.set(name, (statuses.get(name) ?? 0) + 1);
  };
  // The revocation is written; nobody can read it.
  await world.admin({ command: 'revocations.add', level: 'token', id: idOf(revoked.id) });
  const edge = (maxStale + poll + 3) * 1_000;
  while (Date.now() - began < edge + 3_000) {
    const at = Date.now() - began;
    const status = await statusOf(world, good.headers);
    if (at < (maxStale - poll - 2) * 1_000) note('on what is known:', status);
    else if (at > edge) note('afterwards:', status);
    await sleep(500);
  }
  const issuing = await fetch(`${world.issuer}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'x',
      client_secret: 'y',
    }),
  });
  end();
  await sleep(1_500);
  const [back, dead] = [
    await statusOf(world, good.headers),
    await statusOf(world, revoked.headers),
  ];
  const said = [...statuses].map(([name, times]) => `${name} (${times} times)`).join(', ');
  const names = [...statuses.keys()].toSorted();
  return {
    isAsStated:
      names.join() === 'afterwards: 503,on what is known: 200' &&
      issuing.status === 503 &&
      back === 200 &&
      dead === 401,
    said: `${said}; token endpoint ${issuing.status}; when it is back ${back}, and ${dead} for what was revoked meanwhile`,
  };
}

function idOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).jti;
}

/** On a route that is asked for each time. */
async function statusOf(world: DemoWorld, headers: readonly string[]): Promise<number> {
  return (await ask(world.restApi, '/whoami', { headers })).status;
}
