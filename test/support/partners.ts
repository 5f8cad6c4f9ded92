import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CertificateAuthority,
  type KeyedCertificate,
  loadAuthority,
} from '../../local/tls/certificate-authority.ts';
import { type Asked, ask, type Reply } from './ask.ts';
import type { DemoWorld } from './demo-world.ts';

/** The authority that stands for the truststore of a world's domain. */
export function partnersAuthority({ hosted }: DemoWorld): Promise<CertificateAuthority> {
  const directory = dirname(hosted.tls?.caFile ?? '');
  const [certificatePem, privateKeyPem] = ['ca.pem', 'ca-key.pem'].map((name) =>
    readFileSync(join(directory, name), 'utf8'),
  );
  return loadAuthority({
    certificatePem: certificatePem ?? '',
    privateKeyPem: privateKeyPem ?? '',
  });
}

/** One request on the partners' domain. Rejects when the handshake fails. */
export function askPartners(
  { hosted }: DemoWorld,
  path: string,
  certificate: KeyedCertificate | undefined,
  asked: Asked = {},
): Promise<Reply> {
  return ask(hosted.urls.mutualTlsApi, path, asked, {
    ca: readFileSync(hosted.tls?.caFile ?? '', 'utf8'),
    ...(certificate === undefined
      ? {}
      : { cert: certificate.certificatePem, key: certificate.privateKeyPem }),
  });
}
