import { asynchronous } from '../decisions/operations.ts';
import { awsEnvironment } from '../measure/aws-environment.ts';
import type { Elsewhere } from '../measure/elsewhere.ts';
import { isWanted, measuredHere, rounds } from '../measure/here.ts';
import type { Contender, Measured } from '../measure/interleaved.ts';
import type { Read } from './request.ts';
import { item } from './stub.ts';
import { type Way, ways } from './ways.ts';

/** Where tables are, by their scheme. */
export type Tables = Readonly<
  Record<'http' | 'https', Readonly<Record<'ready' | 'strict', string>>>
>;

export interface ReadFigures {
  readonly rounds: number;
  readonly http: readonly Measured[];
  readonly https: readonly Measured[];
}

/** Sockets and buffers make slices uneven that are as short as those of a decision. */
const sliceMs = 60;

/** Proves that every way reads the item, and is refused without a true signature, and measures. */
export async function measureReads(
  elsewhere: Elsewhere<undefined, ReadFigures>,
  tables: Tables,
): Promise<void> {
  await elsewhere.prepared(undefined);
  Object.assign(process.env, awsEnvironment);
  const [http, https] = [await contenders('http'), await contenders('https')];
  elsewhere.tell({ rounds, ...(await measuredHere({ http, https }, { sliceMs })) });

  async function contenders(scheme: 'http' | 'https'): Promise<readonly Contender[]> {
    const { ready, strict } = tables[scheme];
    const floor = `${scheme}: ${ways[0]?.name}`;
    const found: Contender[] = [];
    for (const way of ways) {
      await assertSound(way, new URL(strict));
      const read = way.reading(new URL(ready), awsEnvironment);
      const name = `${scheme}: ${way.name}`;
      await assertReading(name, read);
      found.push({ ...asynchronous(name, floor, read), isReading: true });
    }
    return found.filter((one) => one.name === floor || isWanted(one));
  }
}

/** Signs what the strict table takes; unsigned, or signed with another secret, it is refused. */
async function assertSound({ name, isSigning = true, reading }: Way, strict: URL): Promise<void> {
  if (isSigning) await assertReading(name, reading(strict, awsEnvironment));
  const { AWS_SECRET_ACCESS_KEY } = awsEnvironment;
  const wrong = { ...awsEnvironment, AWS_SECRET_ACCESS_KEY: `${AWS_SECRET_ACCESS_KEY}!` };
  Object.assign(process.env, wrong);
  const outcome = await reading(strict, wrong)().then(
    () => 'read',
    () => 'refused',
  );
  Object.assign(process.env, awsEnvironment);
  if (outcome === 'read') throw new Error(`${name}: reads without a true signature`);
}

async function assertReading(name: string, read: Read): Promise<void> {
  const found = Object.keys((await read()) ?? {}).sort();
  if (found.join() !== Object.keys(item).sort().join()) {
    throw new Error(`${name}: reads ${found.join()}`);
  }
}
