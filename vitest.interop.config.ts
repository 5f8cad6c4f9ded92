import { defineConfig } from 'vitest/config';

/** Clients that others wrote, against the hosted template: `npm run interop`. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/bundle-once.ts',
    include: ['test/interop/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 90_000,
  },
});
