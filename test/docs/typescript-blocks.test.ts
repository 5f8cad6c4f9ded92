import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** What a reader has at hand where a block does not say it itself. */
const surroundings: Readonly<Record<string, string>> = {
  api: "import('aws-cdk-lib/aws-apigateway').RestApi & import('aws-cdk-lib/aws-apigatewayv2').HttpApi",
  integration: 'never',
  authorizer: "import('keyward').JwtAuthorizer",
  keyward: "import('keyward').IKeyward",
  routes: "import('keyward').Routes",
  webSocketStage: "import('aws-cdk-lib/aws-apigatewayv2').WebSocketStage",
  HttpMethod: "typeof import('aws-cdk-lib/aws-apigatewayv2').HttpMethod",
};

/** A block as a module of its own: its imports first, the rest in the constructor of a stack. */
function moduleOf(block: string): string {
  const imports = block.match(/^import [^;]+;$/gm) ?? [];
  const body = block.replace(/^import [^;]+;$/gm, '').replace(/^export /gm, '');
  const missing = Object.keys(surroundings).filter(
    (name) => body.includes(name) && !new RegExp(`(const|import[^;]*) ${name}\\b`).test(block),
  );
  return [
    ...imports,
    "import type { Stack } from 'aws-cdk-lib';",
    ...missing.map((name) => `declare const ${name}: ${surroundings[name]};`),
    `export function example(this: Stack): unknown {\n${body}\nreturn undefined;\n}`,
  ].join('\n');
}

test('every TypeScript block of the documents compiles against the package', () => {
  const folder = join(root, 'dist', 'documents');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let blocks = 0;
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8');
    for (const [, block = ''] of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
      blocks += 1;
      const name = `${document.replace(/\W/g, '-')}-${blocks}.ts`;
      // A handler's event is whatever the gateway sends.
      writeFileSync(
        join(folder, name),
        moduleOf(block.replace('async (event)', 'async (event: { requestContext: object })')),
      );
    }
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { isolatedDeclarations: false, declaration: false },
      include: ['*.ts'],
    }),
  );
  let output = '';
  try {
    execFileSync('tsc', ['-p', folder], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  } catch (cause) {
    output = String((cause as { stdout?: string }).stdout);
  }
  expect(output).toBe('');
  expect(blocks).toBeGreaterThan(4);
}, 60_000);
