import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Every file has a worker of its own and many start processes: what Node compiled once need not be compiled for each.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'node');

export default defineConfig({
  test: {
    globalSetup: 'test/support/bundle-once.ts',
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**'],
    // Template validation costs seconds per synth; one test and `npm run synth` switch it on (docs/testing.md).
    env: { CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: 'true' },
    // Much of a run waits for processes and sockets; the default leaves one of two cores idle, and two workers some of both.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
