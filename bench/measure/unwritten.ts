import type { Contender } from './interleaved.ts';

/** With the line of the log made, but put nowhere. */
export function unwritten<T extends Contender>(contender: T): T {
  const { run } = contender;
  return {
    ...contender,
    async run(times) {
      const { write } = process.stdout;
      process.stdout.write = () => true;
      try {
        await run(times);
      } finally {
        process.stdout.write = write;
      }
    },
  };
}
