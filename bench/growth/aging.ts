/** A new environment that decides, one event after the other: in a process of its own, for its figures. */
import { distinct } from '../decisions/events.ts';
import { handled } from '../decisions/operations.ts';
import type { StoredItem } from '../decisions/table.ts';
import { decisionWorld } from '../decisions/world.ts';
import { parentOf } from '../measure/elsewhere.ts';
import { deployed } from './deployed.ts';
import { newTokens, orders } from './streams.ts';

/** Microseconds for one decision, on the way to so many. */
export interface Window {
  readonly until: number;
  /** Of all threads: the compiler has its own. */
  readonly cpu: number;
  readonly wall: number;
}

/** Each begins where the one before ends. */
const ends = [1, 10, 100, 1_000, 10_000, 100_000] as const;

const parent = parentOf<readonly StoredItem[], readonly Window[]>();
if (parent === undefined) throw new Error('somebody must serve the table: npm run bench:growth');
const world = await decisionWorld();
await parent.prepared(world.items);
const isNew = process.env.AGING === 'new';
const texts = isNew ? newTokens(world) : [`Bearer ${world.token('RS256')}`];
const events = orders(distinct(texts));
const { run } = handled('a decision', '', await deployed(world, 'jwt-authorizer'), events);
const windows: Window[] = [];
let made = 0;
for (const until of ends) {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await run(until - made);
  const wall = (performance.now() - before) * 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const count = until - made;
  windows.push({ until, cpu: (user + system) / count, wall: wall / count });
  made = until;
}
parent.tell(windows);
