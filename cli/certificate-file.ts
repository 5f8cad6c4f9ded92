import { readFileSync } from 'node:fs';
import { Failure } from './failure.ts';

/**
 * The text of a file (`-` for stdin) that is one certificate. Whatever else is in it keeps the whole of it on this machine:
 * certificates and their private keys like to share a file.
 */
export function readCertificateFile(file: string): string {
  const where = file === '-' ? 'stdin' : file;
  const text = read(file, where).trim();
  if (/^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/.test(text)) {
    return text;
  }
  throw new Failure(
    'usage',
    `${where} must hold one certificate in PEM and nothing else; nothing of it was sent`,
  );
}

function read(file: string, where: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new Failure('usage', `cannot read ${where}`);
  }
}
