import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const documents = globSync(['*.md', 'docs/**/*.md', 'test/**/*.md'], { cwd: root });

/** What a document writes in backticks and means as a file of this repository; `<name>` and `*` stand for any. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`((?:bench|cli|docs|functions|infra|local|test)\/[^`\s]+)`/g)].flatMap(
    ([, path]) => path ?? [],
  );
}

describe('the files that the documents speak of exist', () => {
  for (const document of documents) {
    it(document, () => {
      const missing = pathsIn(readFileSync(join(root, document), 'utf8')).filter((path) => {
        const pattern = path.replace(/<[^>]+>/g, '*');
        return pattern.includes('*')
          ? globSync(pattern, { cwd: root }).length === 0
          : !existsSync(join(root, path));
      });
      expect(missing).toEqual([]);
    });
  }
});
