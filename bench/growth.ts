/**
 * What a decision and a token cost while things grow: `npm run bench:growth`. Revocations, clients, routes, policies, API
 * keys; each curve in a process of its own, all its sizes in one interleaved run and held against the smallest. The bundles
 * decide as they are deployed and write their log into a pipe.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`; `CURVES`, names with commas; `ONLY`, a part of the lines' names.
 * Where the system has `taskset`, what is measured stays on one core.
 */
import { bundleAll } from '../infra/bundle.ts';
import { type Answerer, fakeTable } from './decisions/table.ts';
import { measuredAges } from './growth/age.ts';
import type { MeasuredStep, Needs } from './growth/curve.ts';
import { curves, type ShownCurve } from './growth/curves.ts';
import { measureCurve } from './growth/measure.ts';
import { measuredCore } from './measure/cores.ts';
import { measuredElsewhere, parentOf } from './measure/elsewhere.ts';
import { rounds } from './measure/here.ts';
import { named } from './measure/named.ts';
import { type Picture, printed, publish } from './measure/report.ts';
import { type LogQuery, servedLog } from './revocations/served-log.ts';

type Shown = Omit<ShownCurve, 'curve'> & { readonly isLogarithmic?: true };

/** Each takes seconds. */
const agesMax = 11;

const age: Shown = {
  name: 'age',
  title: 'A decision on a token, by decisions that its environment has made',
  label: 'decisions so far (each point: since the point before)',
  isLogarithmic: true,
};

async function main(): Promise<void> {
  const known = [...curves, age].map(({ name }) => name);
  const wanted = named('curve', process.env.CURVES?.split(',') ?? [], known);
  await bundleAll();
  const shown = curves.filter(({ name }) => wanted.includes(name));
  const figures = new Map<Shown, readonly MeasuredStep[]>();
  for (const one of shown) figures.set(one, await measured(one));
  if (wanted.includes(age.name)) figures.set(age, await measuredAges(Math.min(rounds, agesMax)));
  publish({
    suite: 'growth',
    about: { core: measuredCore, rounds },
    tables: [...figures].map(([{ title }, steps]) => ({
      title: `${title}: microseconds of CPU`,
      rows: steps.map((one) => ({ ...printed(one), note: one.note ?? '' })),
    })),
    pictures: [...figures].map(([one, steps]) => pictureOf(one, steps)),
  });
}

async function measured({ name }: ShownCurve): Promise<readonly MeasuredStep[]> {
  let answer: Answerer = () => undefined;
  const table = await fakeTable({ first: (operation, input) => answer(operation, input) });
  const steps = await measuredElsewhere<Needs, readonly MeasuredStep[]>(import.meta.filename, {
    env: { AWS_ENDPOINT_URL: table.url, NODE_ENV: 'production', CURVE: name },
    prepare(needs) {
      table.put(needs.items);
      answer = answererOf(needs);
    },
  });
  table.stop();
  return steps;
}

/** The logs and the secret. What else is asked for is in the table. */
function answererOf({ logs = {}, secret = '' }: Needs): Answerer {
  const served = new Map(Object.entries(logs).map(([table, log]) => [table, servedLog(log)]));
  return (operation, input) => {
    if (operation === 'GetSecretValue') return JSON.stringify({ SecretString: secret });
    const { TableName } = input as { readonly TableName?: string };
    return operation === 'Query' ? served.get(TableName ?? '')?.(input as LogQuery) : undefined;
  };
}

function pictureOf(
  { name, title, label, isLogarithmic }: Shown,
  steps: readonly MeasuredStep[],
): Picture {
  return {
    ...{ name: `growth-${name}`, title },
    x: { label, isLogarithmic: true },
    y: { label: 'CPU, microseconds', ...(isLogarithmic === true ? { isLogarithmic } : {}) },
    lines: [...Map.groupBy(steps, ({ line }) => line)].map(([line, points]) => ({
      name: line,
      points: points.map(({ size, cpu, lower, upper }) => ({ x: size, y: cpu, lower, upper })),
    })),
  };
}

const elsewhere = parentOf<Needs, readonly MeasuredStep[]>();
await (elsewhere === undefined ? main() : measureCurve(elsewhere, process.env.CURVE ?? ''));
