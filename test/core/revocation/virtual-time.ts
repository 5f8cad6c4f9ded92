/** A world whose time passes only when everybody in it waits. Times in milliseconds. */
export interface VirtualTime {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Runs until nobody has anything left to wait for. Throws what a process threw. */
  run(processes: readonly Promise<void>[]): Promise<void>;
}

export function virtualTime(start: number): VirtualTime {
  let now = start;
  let serial = 0;
  const waiting: { readonly at: number; readonly order: number; readonly wake: () => void }[] = [];

  return {
    now: () => now,
    sleep(milliseconds) {
      return new Promise((wake) => {
        serial += 1;
        waiting.push({ at: now + milliseconds, order: serial, wake });
      });
    },
    async run(processes) {
      const all = Promise.all(processes);
      let isOver = false;
      const end = all.finally(() => {
        isOver = true;
      });
      end.catch(() => undefined);
      for (await settled(); !isOver; await settled()) {
        const [next] = waiting.sort((a, b) => a.at - b.at || a.order - b.order);
        if (next === undefined) throw new Error('somebody waits for what never comes');
        waiting.shift();
        now = Math.max(now, next.at);
        next.wake();
      }
      await end;
    },
  };
}

/** Everything that can go on without time passing has gone on: a store in memory takes one turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
