import { keepLast } from '../keep-last.ts';
import type { Result } from '../result.ts';
import { type ClientCertificate, parseCertificate } from './client-certificate.ts';

/**
 * Reads certificates and keeps the last ones, by their exact text, with the signatures that were checked on them. What is
 * malformed is never kept: it would push good ones out.
 */
export function parsedCertificates(
  entriesMax = 200,
): (pem: string) => Result<ClientCertificate, 'malformed'> {
  const entries = new Map<string, Result<ClientCertificate, 'malformed'>>();
  return (pem) => {
    const parsed = entries.get(pem) ?? parseCertificate(pem);
    if (!parsed.ok) return parsed;
    keepLast(entries, pem, parsed, entriesMax);
    return parsed;
  };
}
