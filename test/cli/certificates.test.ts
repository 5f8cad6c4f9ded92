import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificateAuthority } from '../support/certificates.ts';
import { keyward, type Outcome } from '../support/command-line.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';

const authority = await certificateAuthority('Partners');
const second = await certificateAuthority('Partners');
const leaf = await authority.issue({ commonName: 'Orders', sans: { dns: ['orders.example'] } });
const { serialNumber, raw } = new X509Certificate(leaf.certificatePem);
/** As it is stored: one certificate in sixteen has a serial number that tools print with a zero in front. */
const serial = BigInt(`0x${serialNumber}`).toString(16).toUpperCase();
const thumbprint = Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(raw)));
const certificateId = thumbprint.toString('base64url');
let world: DemoWorld;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyward-cli-'));
  writeFileSync(join(folder, 'ca.pem'), authority.certificatePem);
  writeFileSync(join(folder, 'ca2.pem'), second.certificatePem);
  writeFileSync(join(folder, 'leaf.pem'), leaf.certificatePem);
  writeFileSync(join(folder, 'both.pem'), leaf.certificatePem + leaf.privateKeyPem);
  writeFileSync(join(folder, 'key.pem'), leaf.privateKeyPem);
  world = await demoWorld();
}, 60_000);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** `keyward certificates …` in the folder with the files. */
function certificates(args: readonly string[], input?: string): Promise<Outcome> {
  return keyward(['certificates', ...args, '--endpoint', world.awsEndpoint], { folder, input });
}

async function json(args: readonly string[], input?: string): Promise<unknown> {
  const outcome = await certificates(args, input);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(outcome.stdout);
}

test('certificates are pinned, ruled, listed, revoked and removed', async () => {
  const pin = await json([
    ...['add', '--certificate', 'leaf.pem', '--name', 'Orders', '--owner', 'orders'],
    ...['--scope', 'orders:read', '--address', '192.0.2.0/24', '--expires-in', '3600'],
  ]);
  expect(pin).toMatchObject({
    certificate_id: certificateId,
    name: 'Orders',
    owner: 'orders',
    scope: 'orders:read',
    addresses: ['192.0.2.0/24'],
    subject: 'CN=Orders',
    status: 'enabled',
  });
  const rule = await json(
    ['add', '--issuer', '-', '--san', 'dns:orders.example'],
    authority.certificatePem,
  );
  expect(rule).toMatchObject({ certificate_id: 'dns:orders.example' });
  expect(await json(['list'])).toEqual([pin, rule]);
  const table = await certificates(['list', '--output', 'table']);
  expect(table.stdout.split('\n')[0]).toMatch(/^certificate_id +name +owner +status/);

  const issuer = ['dns:orders.example', '--issuer', 'ca2.pem'];
  expect(await json(['issuers', 'add', ...issuer])).toMatchObject({ issuers: [{}, {}] });
  expect((await certificates(['issuers', 'remove', ...issuer])).code).toBe(2);
  expect(await json(['issuers', 'remove', ...issuer, '--yes'])).toMatchObject({ issuers: [{}] });

  const bySerial = ['revoke', '--issuer', 'ca.pem', '--serial', serialNumber];
  expect((await certificates(bySerial)).code).toBe(2);
  expect(await json([...bySerial, '--yes'])).toMatchObject({ certificate_ids: [certificateId] });
  const itself = ['revoke', '--certificate', '-', '--yes'];
  expect(await json(itself, leaf.certificatePem)).toMatchObject({ subject: 'CN=Orders' });
  const seen = { serial, issuer: 'CN=Partners', revoked_at: expect.any(Number) };
  const all = (await json(['revocations'])) as readonly object[];
  expect(all).toHaveLength(2);
  expect(all).toContainEqual({ ...seen, spki_sha256: expect.any(String) });
  expect(all).toContainEqual({ ...seen, subject: 'CN=Orders', tbs_sha256: expect.any(String) });
  const revocations = await certificates(['revocations', '--output', 'table']);
  expect(revocations.stdout.split('\n')[0]).toMatch(/^serial +subject +issuer +revoked_at$/);
  expect((await certificates(['add', '--certificate', 'leaf.pem'])).code).toBe(5);

  for (const id of [certificateId, 'dns:orders.example']) {
    expect((await certificates(['remove', id])).code).toBe(2);
    expect(await json(['remove', id, '--yes'])).toEqual({ certificate_id: id, deleted: true });
    expect((await certificates(['remove', id, '--yes'])).code).toBe(3);
  }
  expect(await json(['list'])).toEqual([]);
}, 60_000);

test('the id of a certificate may begin with a dash', async () => {
  const id = '-UuJyk3MG5OFiolngIhsD4hYFv4mG8PCRwaeT0crdV4';
  const outcome = await certificates(['remove', id, '--yes']);
  expect(outcome).toMatchObject({ code: 3, stdout: '' });
  expect(outcome.stderr).not.toContain('option');
});

test.each([
  ['neither a certificate nor an issuer', ['add'], 'give either'],
  ['both', ['add', '--certificate', 'leaf.pem', '--issuer', 'ca.pem'], 'give either'],
  ['an issuer without a name', ['add', '--issuer', 'ca.pem'], 'san is missing'],
  ['a file that is not there', ['add', '--certificate', 'none.pem'], 'cannot read'],
  ['an empty stdin', ['add', '--certificate', '-'], 'stdin must hold one certificate'],
  ['a private key', ['add', '--certificate', 'key.pem'], 'nothing of it was sent'],
  ['a certificate with its key', ['add', '--certificate', 'both.pem'], 'nothing of it was sent'],
  ['an authority to pin', ['add', '--certificate', 'ca.pem'], 'is of an authority'],
  [
    'a leaf for an issuer',
    ['add', '--issuer', 'leaf.pem', '--san', 'dns:a.example'],
    'not the certificate of an authority',
  ],
  ['nothing to revoke', ['revoke', '--yes'], 'give either'],
  [
    'a certificate to revoke and its issuer',
    ['revoke', '--certificate', 'leaf.pem', '--issuer', 'ca.pem', '--yes'],
    'give either',
  ],
])('%s is a usage error (exit 2) in one line', async (_name, args, sentence) => {
  const outcome = await certificates(args);
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toMatch(/^keyward: [^\n]+\n$/);
  expect(outcome.stderr).toContain(sentence);
});
