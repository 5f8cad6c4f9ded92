import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Many files start processes: what Node compiled once need not be compiled for each.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'node');

export default defineConfig({
  test: {
    globalSetup: 'test/support/bundle-once.ts',
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**'],
    // Template validation costs seconds per synth; one test and `npm run synth` switch it on (infra/hygiene.ts).
    env: { CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: 'true' },
    // Much of a run waits for processes and sockets; the default leaves one of two cores idle, and two workers some of both.
    maxWorkers: 3,
    // A module is loaded once for a worker and not for each of 180 files, which is a fifth of the run. So a file takes back what it
    // stubs, and what modules keep (connections, what was read of headers) must change no answer, as in a function.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
