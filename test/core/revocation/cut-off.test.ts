import { describe, expect, test } from 'vitest';
import { memoryCuts } from '../../../functions/adapters/memory/cuts.ts';
import { memoryRevocationLog } from '../../../functions/adapters/memory/revocation-log.ts';
import { systemRandomness } from '../../../functions/adapters/system/randomness.ts';
import {
  clockSkewMaxSeconds,
  cutMarginSeconds,
  revocationKeepSeconds,
} from '../../../functions/core/durations.ts';
import type { Cuts } from '../../../functions/core/ports/cuts.ts';
import type { RevocationWriter } from '../../../functions/core/ports/revocation-log.ts';
import { cutOff } from '../../../functions/core/revocation/cut-off.ts';
import type { LoggedEntry } from '../../../functions/core/revocation/log-entry.ts';
import { revocationView } from '../../../functions/core/revocation/revocation-view.ts';

const now = 1_800_000_000;
const pollSeconds = 5;
const longest = { accessTokenLifetimeMaxSeconds: 3_600, revocationPollSeconds: pollSeconds };
const keepSeconds = revocationKeepSeconds(longest);
const ahead = 1 + cutMarginSeconds(pollSeconds);

type Step = 'raise' | 'append' | 'settle';

interface OperatorOptions {
  /** What becomes of each write of this operator; whatever it throws happens instead of the write. */
  readonly before?: (step: Step) => void;
  /** The same once the write is done: its answer is what gets lost. */
  readonly after?: (step: Step) => void;
  readonly seconds?: () => number;
}

/** Stores that several operators share. */
function office() {
  const log = memoryRevocationLog();
  const cuts = memoryCuts();

  function operator({ before, after, seconds = () => now }: OperatorOptions = {}) {
    const through = async (step: Step, write: () => Promise<void>): Promise<void> => {
      before?.(step);
      await write();
      after?.(step);
    };
    const theirCuts: Cuts = {
      ...cuts,
      raise: (...of) => through('raise', () => cuts.raise(...of)),
      settle: (...of) => through('settle', () => cuts.settle(...of)),
    };
    const theirLog: RevocationWriter = {
      append: (entry) => through('append', () => log.append(entry)),
    };
    return cutOff({
      ...{ log: theirLog, cuts: theirCuts, clock: { now: seconds } },
      ...{ randomness: systemRandomness, keepSeconds, revocationPollSeconds: pollSeconds },
    });
  }

  const entries = (): Promise<readonly LoggedEntry[]> => log.read(now - 3_600, now + 3_600);

  return {
    cuts,
    operator,
    entries,
    /** Up to when what the client holds is dead in every verifier. */
    async deadUntil(): Promise<number> {
      const view = revocationView();
      for (const entry of await entries()) view.add(entry);
      return view.cutOf('client', 'orders');
    },
  };
}

/** An operator that dies at its nth write: before it, or after it. */
function dyingAt(nth: number, when: 'before' | 'after'): OperatorOptions {
  let writes = 0;
  const dieAt = (limit: number) => () => {
    if (writes >= limit) throw new Error('died');
  };
  return {
    before: () => {
      if (when === 'before') dieAt(nth)();
      else dieAt(nth + 1)();
      writes += 1;
    },
    after: when === 'after' ? dieAt(nth + 1) : () => undefined,
  };
}

describe('a cut', () => {
  test('lies far enough ahead that an issuer which has not read it issues nothing later', async () => {
    const { operator, deadUntil, cuts, entries } = office();
    const done = await operator().cutOff('client', 'orders');
    expect(done).toEqual({ cut: now + ahead, expiresAt: now + keepSeconds });
    expect(await deadUntil()).toBe(now + ahead);
    expect(await cuts.read('client', 'orders')).toBe(now + ahead);
    expect(await cuts.owed()).toEqual([]);
    expect(await entries()).toMatchObject([{ kind: 'client', id: 'orders', at: now }]);
  });

  test('is in the log until the last token of its very second is dead for the most tolerant verifier', async () => {
    const { operator } = office();
    const { cut, expiresAt } = await operator().cutOff('client', 'orders');
    expect(expiresAt).toBe(cut + longest.accessTokenLifetimeMaxSeconds + clockSkewMaxSeconds);
  });

  test('is reckoned anew where its entry did not begin in the same second', async () => {
    let seconds = now;
    const { operator, entries, deadUntil, cuts } = office();
    let isSlow = true;
    const slow = operator({
      seconds: () => seconds,
      after: (step) => {
        if (step !== 'raise' || !isSlow) return;
        seconds += 1;
        isSlow = false;
      },
    });
    await slow.cutOff('client', 'orders');
    expect(await entries()).toMatchObject([{ at: now + 1, cut: now + 1 + ahead }]);
    expect(await deadUntil()).toBe(await cuts.read('client', 'orders'));
  });

  test('takes its time anew with every attempt', async () => {
    let seconds = now;
    let failures = 2;
    const { operator, entries } = office();
    const unlucky = operator({
      seconds: () => seconds,
      after: (step) => {
        if (step !== 'append' || failures === 0) return;
        failures -= 1;
        seconds += 2;
        throw new Error('the answer is lost');
      },
    });
    expect((await unlucky.cutOff('client', 'orders')).cut).toBe(now + 4 + ahead);
    for (const entry of await entries()) {
      expect(entry).toMatchObject({ kind: 'client', cut: entry.at + ahead });
    }
  });

  test('is no success while a store is too slow, or away', async () => {
    let seconds = now;
    const { operator, entries } = office();
    const slow = operator({
      seconds: () => seconds,
      after: (step) => {
        if (step === 'raise') seconds += 1;
      },
    });
    await expect(slow.cutOff('client', 'orders')).rejects.toThrow('unavailable');
    const away = operator({
      before: (step) => {
        if (step === 'append') throw new Error('away');
      },
    });
    await expect(away.cutOff('client', 'orders')).rejects.toThrow('unavailable');
    expect(await entries()).toEqual([]);
  });
});

describe('whoever dies', () => {
  const deaths = [0, 1, 2].flatMap((nth) =>
    (['before', 'after'] as const).map((when) => [when, nth] as const),
  );

  test.each(deaths)(
    '%s write %i leaves nothing that the next one does not settle',
    async (when, nth) => {
      const { operator, cuts, deadUntil } = office();
      const outcome = await operator(dyingAt(nth, when))
        .cutOff('client', 'orders')
        .catch(() => undefined);
      // A success is never taken back by what happens later.
      if (outcome !== undefined) expect(await deadUntil()).toBe(outcome.cut);
      expect(await operator().settleOwed()).toEqual([]);
      expect(await cuts.owed()).toEqual([]);
      const stands = await cuts.read('client', 'orders');
      expect(await deadUntil()).toBe(stands ?? -1);
      expect(stands).toBe(nth === 0 && when === 'before' ? undefined : now + ahead);
    },
  );

  test('is settled with the cut of then: who has come back since is not thrown out again', async () => {
    const { operator, cuts, entries, deadUntil } = office();
    await cuts.raise('client', 'orders', now);
    expect(await operator({ seconds: () => now + 600 }).settleOwed()).toEqual([]);
    expect(await deadUntil()).toBe(now);
    expect(await entries()).toMatchObject([{ at: now + 600, expiresAt: now + keepSeconds }]);
  });

  test('so long ago that no token is left costs no entry', async () => {
    const { operator, cuts, entries } = office();
    await cuts.raise('client', 'orders', now);
    expect(await operator({ seconds: () => now + keepSeconds }).settleOwed()).toEqual([]);
    expect(await entries()).toEqual([]);
    expect(await cuts.owed()).toEqual([]);
  });

  test('stays owed, and is named, while the log cannot be written', async () => {
    const { operator, cuts } = office();
    await cuts.raise('client', 'orders', now);
    const away = operator({
      before: (step) => {
        if (step === 'append') throw new Error('away');
      },
    });
    expect(await away.settleOwed()).toEqual([{ level: 'client', id: 'orders', cut: now }]);
    expect(await cuts.owed()).toHaveLength(1);
  });
});

test('of operators at once, some of whom die, the latest cut is everywhere', async () => {
  for (let round = 0; round < 30; round += 1) {
    const { operator, cuts, deadUntil } = office();
    const deaths = [undefined, dyingAt(round % 3, 'before'), dyingAt((round + 1) % 3, 'after')];
    const outcomes = await Promise.allSettled(
      [0, 1, 2, 3].map((i) =>
        operator({
          ...deaths[(i * round) % 3],
          seconds: () => now + ((i * 7 + round) % 5),
        }).cutOff('client', 'orders'),
      ),
    );
    const done = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.cut] : []));
    expect(await deadUntil()).toBeGreaterThanOrEqual(Math.max(-1, ...done));
    await Promise.all([operator().settleOwed(), operator().settleOwed()]);
    expect(await deadUntil()).toBe((await cuts.read('client', 'orders')) ?? -1);
    expect(await cuts.owed()).toEqual([]);
  }
});
