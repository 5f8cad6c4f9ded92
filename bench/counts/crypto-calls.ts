import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Calls of functions of `node:crypto` by what runs meanwhile so many times, by their names. One that is made less than every
 * second time, as random bytes are drawn for many ids at once, is left out. Whoever imports the module sees it change, so its
 * functions can be replaced for a while.
 */
export async function cryptoCalls(
  run: () => Promise<void>,
  times: number,
): Promise<Readonly<Record<string, number>>> {
  const module = crypto as unknown as Record<string, unknown>;
  const calls = new Map<string, number>();
  const restore: (() => void)[] = [];
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
    if (typeof descriptor.value !== 'function' || descriptor.writable !== true) continue;
    const count = () => calls.set(name, (calls.get(name) ?? 0) + 1);
    module[name] = counting(descriptor.value, count);
    restore.push(() => Object.defineProperty(module, name, descriptor));
  }
  syncBuiltinESMExports();
  try {
    await run();
  } finally {
    for (const one of restore) one();
    syncBuiltinESMExports();
  }
  const means = [...calls].map(([name, count]): [string, number] => [
    name,
    Math.round(count / times),
  ]);
  return Object.fromEntries(means.filter(([, mean]) => mean > 0).sort());
}

/** A function or class that does the same and says so. */
function counting(of: (...args: readonly unknown[]) => unknown, count: () => void): unknown {
  return new Proxy(of, {
    apply(target, self, args) {
      count();
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      count();
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}
