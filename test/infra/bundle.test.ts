import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundlesDirectory } from '../../infra/bundle.ts';

describe('a bundle', () => {
  const asked: readonly (readonly [string, readonly string[]])[] = [
    ['jwt-authorizer', ['crypto', 'fs', 'net']],
    ['api-key-authorizer', ['crypto', 'fs', 'net', 'zlib']],
    ['token', ['crypto']],
    ['metadata', ['crypto']],
  ];
  for (const [bundle, builtins] of asked) {
    test(`for ${bundle} loads no builtin but ${builtins.join(', ')}`, () => {
      const code = readFileSync(join(bundlesDirectory, bundle, 'index.mjs'), 'utf8');
      // What is asked for by name where it is used, and later than at the start, is not among it.
      const loaded = code.matchAll(/exports=process\.getBuiltinModule\("node:([^"]+)"\)/g);
      expect([...new Set([...loaded].map(([, name]) => name))].sort()).toEqual(builtins);
      // Its first use loads one as well.
      expect(code).not.toMatch(/\bperformance\b/);
    });
  }
});
