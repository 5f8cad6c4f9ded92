import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadAuthority, newAuthority } from '../../local/tls/certificate-authority.ts';
import { developmentCa } from '../../local/tls/development-ca.ts';
import { expired } from '../support/certificates.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const names = ['api.example.test'];

function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory).sort();
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(join(directory, file), 'utf8')]),
  );
}

function keep(directory: string, name: string, { certificatePem, privateKeyPem }: Kept): void {
  writeFileSync(join(directory, `${name}.pem`), certificatePem);
  writeFileSync(join(directory, `${name}-key.pem`), privateKeyPem);
}

interface Kept {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

test('makes an authority, a client and a server that belong together, for their owner alone', async () => {
  const directory = join(temporaryFolder(), 'tls');
  const ca = await developmentCa(directory);
  await ca.serverCertificate(names);
  const files = contents(directory);
  expect(Object.keys(files)).toEqual([
    ...['ca-key.pem', 'ca.pem', 'client-key.pem', 'client.pem', 'server-key.pem', 'server.pem'],
  ]);
  for (const file of Object.keys(files)) {
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
  }
  const [authority, client, server] = ['ca', 'client', 'server'].map((name) => {
    const certificate = new X509Certificate(files[`${name}.pem`] ?? '');
    const key = createPrivateKey(files[`${name}-key.pem`] ?? '');
    expect([certificate.checkPrivateKey(key), key.asymmetricKeyDetails]).toEqual([
      true,
      { namedCurve: 'prime256v1' },
    ]);
    return certificate;
  });
  if (authority === undefined) throw new Error('no authority');
  expect([authority.ca, client?.ca, server?.ca]).toEqual([true, false, false]);
  expect([client, server].map((issued) => issued?.verify(authority.publicKey))).toEqual([
    true,
    true,
  ]);
  expect([client?.keyUsage, server?.keyUsage]).toEqual([
    ['1.3.6.1.5.5.7.3.2'],
    ['1.3.6.1.5.5.7.3.1'],
  ]);
  expect(server?.subjectAltName).toBe(
    'DNS:localhost, DNS:api.example.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  );
  expect(ca.certificatePem).toBe(files['ca.pem']);
});

test('finds again what it made: who trusts it once need not be told again', async () => {
  const directory = temporaryFolder();
  await (await developmentCa(directory)).serverCertificate(names);
  const before = contents(directory);
  await (await developmentCa(directory)).serverCertificate(names);
  expect(contents(directory)).toEqual(before);
});

test('makes another server certificate for another domain, and leaves the rest', async () => {
  const directory = temporaryFolder();
  await (await developmentCa(directory)).serverCertificate(names);
  const before = contents(directory);
  await (await developmentCa(directory)).serverCertificate(['other.example.test']);
  const after = contents(directory);
  expect(after['server.pem']).not.toBe(before['server.pem']);
  expect([after['ca.pem'], after['client.pem']]).toEqual([before['ca.pem'], before['client.pem']]);
});

test('makes anew what has expired', async () => {
  const directory = temporaryFolder();
  const ca = await developmentCa(directory);
  const kept = { certificatePem: ca.certificatePem, privateKeyPem: keyOf(directory, 'ca') };
  const authority = await loadAuthority(kept);
  keep(
    directory,
    'client',
    await authority.issue({ commonName: 'old', usage: 'client', ...expired() }),
  );
  await developmentCa(directory);
  const { subject, validToDate } = new X509Certificate(contents(directory)['client.pem'] ?? '');
  expect([subject, validToDate > new Date()]).toEqual(['CN=keyward-demo-client', true]);
  expect(contents(directory)['ca.pem']).toBe(ca.certificatePem);
});

test('makes everything anew where the authority lost its key', async () => {
  const directory = temporaryFolder();
  const before = await developmentCa(directory);
  const stranger = await newAuthority('Keyward development CA');
  keep(directory, 'ca', { ...stranger, certificatePem: before.certificatePem });
  const after = await developmentCa(directory);
  expect(after.certificatePem).not.toBe(before.certificatePem);
  const client = new X509Certificate(contents(directory)['client.pem'] ?? '');
  expect(client.verify(new X509Certificate(after.certificatePem).publicKey)).toBe(true);
});

function keyOf(directory: string, name: string): string {
  return contents(directory)[`${name}-key.pem`] ?? '';
}
