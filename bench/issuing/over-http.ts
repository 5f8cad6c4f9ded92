import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { JSONWebKeySet } from 'jose';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { apart } from '../measure/elsewhere.ts';
import { peakMiB } from '../measure/probing.ts';
import { median, pairedRatio, quantile, quartiles, shuffled } from '../measure/statistics.ts';
import { type LoadTarget, type Turn, underLoad } from '../measure/under-load.ts';
import { assertSound, type Candidate, everything, keySetOf } from './controls.ts';
import { type ServerKind, serverKinds } from './servers.ts';
import { type IssuingWorld, tokenForm } from './world.ts';

/** What one server took for a token. */
export interface Served {
  readonly name: string;
  readonly alg: Algorithm;
  /** CPU of the server in microseconds per token: the median of its turns, and their quartiles. */
  readonly cpu: number;
  readonly lower: number;
  readonly upper: number;
  /** Median of the ratios to ours in the same round. */
  readonly ratio: number;
  readonly perSecond: number;
  /** Milliseconds, over all answers. */
  readonly p50: number;
  readonly p99: number;
  readonly peakMiB: number;
  /** Calls to a store per token. */
  readonly calls: number;
  readonly checks: string;
  /** What its tokens do not say. */
  readonly lacks: string;
}

export interface OverHttpOptions {
  /** The module that serves when the environment says so. */
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly isWanted: (name: string) => boolean;
  /** How often a store was asked so far. */
  readonly calls: () => number;
}

interface Running extends LoadTarget {
  readonly kind: ServerKind;
  readonly alg: Algorithm;
  readonly child: ChildProcess;
  readonly turns: Turn[];
  calls: number;
}

const warmUpSeconds = 3;
/** What the others are held against. */
const floor = 'keyward';

/** Measures servers by turns, in another order each round, all of them alive. Whoever fails a control throws. */
export async function measuredOverHttp(
  world: IssuingWorld,
  options: OverHttpOptions,
): Promise<readonly Served[]> {
  const running: Running[] = [];
  try {
    for (const kind of serverKinds) {
      for (const alg of kind.algorithms) {
        if (!options.isWanted(`${alg}, HTTP: ${kind.name}`) && kind.name !== floor) continue;
        running.push(await started(kind, alg, world, options));
      }
    }
    for (const one of running) {
      await assertSound(candidate(one, world), world);
      await underLoad(one, warmUpSeconds);
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (const one of shuffled(running)) {
        const before = options.calls();
        one.turns.push(await underLoad(one, options.seconds));
        one.calls += options.calls() - before;
      }
    }
    return running.map((one) => served(one, running));
  } finally {
    for (const { child } of running) child.kill();
  }
}

async function started(
  kind: ServerKind,
  alg: Algorithm,
  world: IssuingWorld,
  { module, env }: OverHttpOptions,
): Promise<Running> {
  const child = apart(module, {
    env: { ...env, SERVER: kind.name, ALGORITHM: alg },
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${kind.name}: did not start`);
  });
  const [port] = await Promise.race([once(child, 'message'), ended]);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${kind.name}: no process`);
  return {
    ...{ kind, alg, child, pid, turns: [], calls: 0, name: `${kind.name}, ${alg}` },
    request: {
      ...{ url: `http://127.0.0.1:${port}${kind.path}`, method: 'POST' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...tokenForm(world, alg), ...kind.extra }).toString(),
    },
  };
}

function candidate({ kind, alg, request: { url } }: Running, world: IssuingWorld): Candidate {
  const { keysPath } = kind;
  return {
    ...kind,
    alg,
    async ask(form) {
      const body = new URLSearchParams({ ...form, ...kind.extra });
      const answer = await fetch(url, { method: 'POST', body });
      return { status: answer.status, body: await answer.text() };
    },
    async keySet() {
      if (keysPath === undefined) return keySetOf(world);
      return (await (await fetch(new URL(keysPath, url))).json()) as JSONWebKeySet;
    },
  };
}

function served(one: Running, all: readonly Running[]): Served {
  const { kind, alg, pid, turns, calls } = one;
  const base = all.find((other) => other.alg === alg && other.kind.name === floor)?.turns ?? [];
  const cpu = turns.map((turn) => turn.cpu);
  const latencies = turns.flatMap((turn) => turn.latencies);
  return {
    ...{ name: kind.name, alg, cpu: median(cpu), ...quartiles(cpu) },
    ratio: pairedRatio(
      cpu,
      base.map((turn) => turn.cpu),
    ),
    perSecond: median(turns.map((turn) => turn.perSecond)),
    ...{ p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
    peakMiB: peakMiB(pid),
    calls: calls / latencies.length,
    checks: kind.checks.join(', '),
    lacks: everything.members.filter((member) => !kind.members.includes(member)).join(', '),
  };
}
