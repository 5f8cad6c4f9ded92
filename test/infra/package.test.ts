import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

test('another app imports the compiled package, finds its bundles and synthesizes', () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  const outdir = mkdtempSync(join(tmpdir(), 'keyward-example-'));
  const env = { CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' };
  try {
    run('examples/protect-apis/app.ts');
    const template = JSON.parse(readFileSync(join(outdir, 'Orders.template.json'), 'utf8'));
    const types = Object.values(template.Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect(types).toContain('AWS::ApiGateway::Authorizer');
    expect(types).toContain('AWS::ApiGatewayV2::Authorizer');
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
