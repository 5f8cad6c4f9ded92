import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');

test.each([
  ['protect-apis', 'Orders', ['ApiGateway::Authorizer', 'ApiGatewayV2::Authorizer']],
  [
    'combined-authorizer',
    'Shop',
    [
      'ApiGateway::Authorizer',
      'ApiGatewayV2::Authorizer',
      'ApiGateway::UsagePlan',
      'ApiGateway::DomainName',
    ],
  ],
])(
  'the example %s imports the compiled package, finds its bundles and synthesizes',
  (example, stack, types) => {
    const outdir = temporaryFolder();
    execFileSync(process.execPath, [`examples/${example}/app.ts`], {
      cwd: root,
      env: { ...process.env, CDK_OUTDIR: outdir },
    });
    const template = JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));
    const resources = Object.values(template.Resources as Record<string, { Type: string }>);
    const found = resources.map(({ Type }) => Type);
    expect(found).toEqual(expect.arrayContaining(types.map((type) => `AWS::${type}`)));
  },
);

test('the examples compile against the package', () => {
  // Inside the repository, where the package finds itself by its name.
  const folder = mkdtempSync(join(root, 'dist', 'examples-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = { extends: '../../tsconfig.json', include: ['../../examples/**/*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  let output = '';
  try {
    execFileSync('tsc', ['-p', folder], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  } catch (cause) {
    output = String((cause as { stdout?: string }).stdout);
  }
  expect(output).toBe('');
});
