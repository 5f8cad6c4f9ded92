import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import {
  certificateAuthority,
  expired,
  type TestAuthority,
  type TestCertificate,
} from '../support/certificates.ts';

const here = { ip: ['127.0.0.1'] };
const bundled = getCACertificates();
let trusted: TestAuthority;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  trusted = await certificateAuthority();
  setDefaultCACertificates([...bundled, trusted.certificatePem]);
});

afterAll(async () => {
  setDefaultCACertificates([...bundled]);
  for (const stop of stops) await stop();
});

/** What a read makes of a server that shows such a certificate: its item, or the code of the failure. */
async function readFrom(
  authority: TestAuthority,
  order: Partial<TestCertificate> = {},
): Promise<unknown> {
  const { certificatePem: cert, privateKeyPem: key } = await authority.issue({
    ...{ commonName: 'dynamodb', usage: 'server', sans: here },
    ...order,
  });
  const server = createServer({ cert, key }, (_request, response) => {
    response.end('{"Item":{"pk":{"S":"a"}}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: `https://127.0.0.1:${port}` };
  return dynamoReader({ env, deadlineMs: 10_000 })
    .getItem('t', { pk: 'a' })
    .catch((cause: { readonly code: string }) => cause.code);
}

describe('a service over TLS (RFC 9110 §4.3.4)', () => {
  test('is believed when whom we trust vouches for it', async () => {
    expect(await readFrom(trusted)).toEqual({ pk: 'a' });
    // Over the context of the one before.
    expect(await readFrom(trusted)).toEqual({ pk: 'a' });
  });

  test('is not believed on the word of a stranger of the same name', async () => {
    expect(await readFrom(await certificateAuthority())).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test('is not believed under another name', async () => {
    const elsewhere = { ip: ['127.0.0.2'], dns: ['localhost'] };
    expect(await readFrom(trusted, { sans: elsewhere })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('is not believed after its certificate has expired', async () => {
    expect(await readFrom(trusted, expired())).toBe('CERT_HAS_EXPIRED');
  });

  test('is not believed with a certificate for clients', async () => {
    expect(await readFrom(trusted, { usage: 'client' })).toBe('INVALID_PURPOSE');
  });
});
