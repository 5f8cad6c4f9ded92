import { decisionWorld } from '../decisions/world.ts';
import type { Elsewhere } from '../measure/elsewhere.ts';
import { isWanted, measuredHere } from '../measure/here.ts';
import type { MeasuredStep, Needs } from './curve.ts';
import { curves } from './curves.ts';

/** Measures one curve in this process, all of its sizes in turns. */
export async function measureCurve(
  elsewhere: Elsewhere<Needs, readonly MeasuredStep[]>,
  name: string,
): Promise<void> {
  const shown = curves.find((one) => one.name === name);
  if (shown === undefined) throw new Error(`no curve: ${name}`);
  const world = await decisionWorld();
  const { needs, steps } = shown.curve(world);
  await elsewhere.prepared(needs);
  const all = (await steps()).filter(isWanted);
  const { measured } = await measuredHere({ measured: all });
  elsewhere.tell(
    measured.map((one, i) => {
      const { line = '', size = 0, note } = all[i] ?? {};
      return { ...one, line, size, ...(note === undefined ? {} : { note }) };
    }),
  );
}
