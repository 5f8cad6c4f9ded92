import { expect, test } from 'vitest';
import type { RotationIntents } from '../../functions/core/ports/rotation-intents.ts';

/** What every keeper of intents promises. @param open an empty one */
export function rotationIntentsContract(name: string, open: () => Promise<RotationIntents>): void {
  test(`intents in ${name}: at most one, the last one written, until it is cleared`, async () => {
    const intents = await open();
    expect(await intents.read()).toBeUndefined();
    await intents.clear();
    await intents.write({ mode: 'waive-lead', by: 'one', at: 1 });
    await intents.write({ mode: 'waive-lead', by: 'two', at: 2 });
    expect(await intents.read()).toEqual({ mode: 'waive-lead', by: 'two', at: 2 });
    await intents.clear();
    expect(await intents.read()).toBeUndefined();
  });
}
