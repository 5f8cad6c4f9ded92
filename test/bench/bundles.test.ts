import { describe, expect, it } from 'vitest';
import { type BundleBudget, slack } from '../../bench/bundles/budgets.ts';
import type { Contents } from '../../bench/bundles/contents.ts';
import { judged } from '../../bench/bundles/judged.ts';
import type { Start } from '../../bench/bundles/starts.ts';
import { breaches } from '../../bench/measure/breaches.ts';

const contents: Contents = {
  ...{ bytes: 40 * 1_024, gzipBytes: 15_000, packages: [] },
  files: ['functions/endpoints/token/handler.ts', 'functions/core/digest.ts'],
};
const start: Start = {
  ...{ cpuMs: 20, peakMiB: 50, byAnswer: ['internal/histogram', 'perf_hooks'] },
  atLoad: ['internal/crypto/hash', '_tls_common', 'crypto'],
};
const budget: BundleBudget = {
  ...{ KiB: 41, modules: 2, packages: [], nodeModules: 5 },
  ...{ atLoad: ['crypto'], byAnswer: ['perf_hooks'] },
};

function breachesOf(changes: { contents?: Partial<Contents>; start?: Partial<Start> }) {
  const found = {
    contents: { ...contents, ...changes.contents },
    start: { ...start, ...changes.start },
  };
  return breaches(judged('token', found, budget), slack);
}

describe('the budget of a bundle', () => {
  it('is kept by what it was written for', () => {
    expect(breachesOf({})).toEqual([]);
  });

  it.each([
    ['bytes', { contents: { bytes: 42 * 1_024 } }, 'token, KiB: 42'],
    [
      'another source file',
      { contents: { files: [...contents.files, 'functions/core/form.ts'] } },
      'token, source files: 3',
    ],
    ['a package', { contents: { packages: ['zod'] } }, 'zod'],
    [
      'a file of the construct',
      { contents: { files: ['functions/core/digest.ts', 'infra/app.ts'] } },
      'infra/app.ts',
    ],
    ['a builtin at load', { start: { atLoad: ['internal/fs/dir', 'crypto', 'zlib'] } }, 'zlib'],
    ['a builtin by the first answer', { start: { byAnswer: ['perf_hooks', 'https'] } }, 'https'],
    [
      'an internal module',
      { start: { atLoad: [...start.atLoad, 'internal/url'] } },
      'modules of Node: 6',
    ],
  ])('is broken by %s', (_what, changes, message) => {
    expect(breachesOf(changes)).toEqual([expect.stringContaining(message)]);
  });

  it('is broken by the implementation of Fetch, before and after the first answer', () => {
    const undici = 'internal/deps/undici/undici';
    for (const one of [
      { start: { atLoad: ['internal/crypto/hash', 'crypto', undici] } },
      { start: { byAnswer: ['perf_hooks', undici] } },
    ]) {
      expect(breachesOf(one)).toEqual([expect.stringContaining('Do not touch fetch')]);
    }
  });

  it('is too generous when much less is needed', () => {
    expect(breachesOf({ contents: { bytes: 30 * 1_024 } })).toEqual([
      expect.stringContaining('lower the budget'),
    ]);
    expect(breachesOf({ start: { byAnswer: ['internal/histogram', 'internal/url'] } })).toEqual([
      expect.stringContaining('perf_hooks is gone'),
    ]);
  });
});
