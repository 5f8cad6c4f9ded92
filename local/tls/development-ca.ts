import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writePrivateFile } from '../private-file.ts';
import {
  type CertificateAuthority,
  type CertificateOrder,
  type KeyedCertificate,
  loadAuthority,
  newAuthority,
} from './certificate-authority.ts';

/** The authority of one machine: every truststore of a hosted template is taken to be its certificate. */
export interface DevelopmentCa {
  readonly certificatePem: string;
  readonly caFile: string;
  /** A client that it vouches for, to try things out with. */
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  /** For loopback and these names. */
  serverCertificate(names: readonly string[]): Promise<KeyedCertificate>;
}

const caName = 'Keyward development CA';
const clientName = 'keyward-demo-client';
const dayMilliseconds = 24 * 3_600_000;

/**
 * Opens the authority that a folder keeps, and makes on first use what is not there: the authority, a client. What has
 * expired, or does not belong together, is made anew. All files are for their owner alone.
 */
export async function developmentCa(directory: string): Promise<DevelopmentCa> {
  const fileOf = (name: string): string => join(resolve(directory), `${name}.pem`);
  const kept = read('ca');
  const authority =
    kept !== undefined && isFresh(kept) ? await loadAuthority(kept) : await newAuthority(caName);
  if (authority.certificatePem !== kept?.certificatePem) write('ca', authority);
  await ensure('client', { commonName: clientName, usage: 'client' });
  return {
    certificatePem: authority.certificatePem,
    caFile: fileOf('ca'),
    clientCertFile: fileOf('client'),
    clientKeyFile: fileOf('client-key'),
    serverCertificate: (names) =>
      ensure('server', {
        ...{ commonName: 'localhost', usage: 'server' },
        sans: { dns: ['localhost', ...names], ip: ['127.0.0.1', '::1'] },
      }),
  };

  /** What is kept under the name, as long as it will do. */
  async function ensure(name: string, order: CertificateOrder): Promise<KeyedCertificate> {
    const known = read(name);
    if (known !== undefined && willDo(known, order, authority)) return known;
    const issued = await authority.issue(order);
    write(name, issued);
    return issued;
  }

  function read(name: string): KeyedCertificate | undefined {
    const [certificate, key] = [fileOf(name), fileOf(`${name}-key`)];
    if (!existsSync(certificate) || !existsSync(key)) return undefined;
    return {
      certificatePem: readFileSync(certificate, 'utf8'),
      privateKeyPem: readFileSync(key, 'utf8'),
    };
  }

  function write(name: string, { certificatePem, privateKeyPem }: KeyedCertificate): void {
    writePrivateFile(fileOf(`${name}-key`), privateKeyPem);
    writePrivateFile(fileOf(name), certificatePem);
  }
}

/** Valid for a day more, and with its own key. */
function isFresh({ certificatePem, privateKeyPem }: KeyedCertificate): boolean {
  const certificate = new X509Certificate(certificatePem);
  return (
    certificate.validToDate.getTime() > Date.now() + dayMilliseconds &&
    certificate.checkPrivateKey(createPrivateKey(privateKeyPem))
  );
}

function willDo(
  kept: KeyedCertificate,
  { sans: { dns = [] } = {} }: CertificateOrder,
  authority: CertificateAuthority,
): boolean {
  const certificate = new X509Certificate(kept.certificatePem);
  const issuer = new X509Certificate(authority.certificatePem);
  return (
    isFresh(kept) &&
    certificate.verify(issuer.publicKey) &&
    dns.every((name) => certificate.checkHost(name) !== undefined)
  );
}
