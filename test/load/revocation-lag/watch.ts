import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../support/ask.ts';
import type { DemoWorld } from '../../support/demo-world.ts';
import type { Victim } from './levels.ts';

type Api = 'rest' | 'http';

const apis: readonly Api[] = ['rest', 'http'];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
/** Far beyond every bound: something that is never refused. */
const patienceSeconds = 90;

export interface Lag {
  readonly api: Api;
  /** From the revocation to the beginning of the last request that was let in; 0 where none was. */
  readonly seconds: number;
}

/** Credentials that are used again and again, on both APIs. */
export interface Watched {
  /** Each of them was let in on both APIs, twice: whatever keeps an answer has one. */
  used(): Promise<void>;
  /** From now on they are to be refused. */
  revoked(): void;
  /** All of them are refused. */
  ended(): Promise<readonly Lag[]>;
  /** Ends it for those that are never refused. */
  stop(): Promise<{ readonly accepted: number; readonly refused: number }>;
}

export function watch(
  world: DemoWorld,
  victims: readonly Victim[],
  everyMilliseconds: number,
): Watched {
  let revokedAt: number | undefined;
  let isStopped = false;
  const counts = { accepted: 0, refused: 0 };
  const first = victims.flatMap((victim) => apis.map((api) => accepted(api, victim)));
  const lags = Promise.all(
    victims.flatMap((victim) => apis.map((api, index) => lagOf(api, victim, first[index]))),
  );
  lags.catch(() => undefined);

  return {
    used: async () => {
      await Promise.all(first);
    },
    revoked: () => {
      revokedAt = Date.now();
    },
    ended: () => lags,
    async stop() {
      isStopped = true;
      await lags;
      return counts;
    },
  };

  async function accepted(api: Api, victim: Victim): Promise<void> {
    for (let i = 0; i < 2; i += 1) {
      const status = await statusOf(api, victim);
      if (status !== 200)
        throw new Error(`${victim.name} was refused at first: ${status} (${api})`);
    }
  }

  async function lagOf(api: Api, victim: Victim, begun: Promise<void> | undefined): Promise<Lag> {
    await begun;
    let lastIn: number | undefined;
    await sleep(Math.random() * everyMilliseconds);
    for (const end = Date.now() + patienceSeconds * 1_000; ; ) {
      const at = Date.now();
      const status = await statusOf(api, victim);
      if (status === 200) {
        counts.accepted += 1;
        lastIn = at;
      } else if (revokedAt === undefined) {
        counts.refused += 1;
      } else {
        return { api, seconds: Math.max(0, ((lastIn ?? revokedAt) - revokedAt) / 1_000) };
      }
      if (isStopped) return { api, seconds: 0 };
      if (revokedAt !== undefined && at > end) throw new Error(`${victim.name} is never refused`);
      await sleep(everyMilliseconds);
    }
  }

  async function statusOf(api: Api, { path, headers }: Victim): Promise<number> {
    const url = api === 'rest' ? world.restApi : world.httpApi;
    return (await ask(url, path, { headers }, { agent })).status;
  }
}
