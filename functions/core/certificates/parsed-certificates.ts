import { recent } from '../recent.ts';
import type { Result } from '../result.ts';
import { type ClientCertificate, parseCertificate } from './client-certificate.ts';

/**
 * Reads certificates and keeps the last ones, by their exact text, with the signatures that were checked on them. What is
 * malformed is never kept: it would push good ones out.
 */
export function parsedCertificates(
  keptMin = 200,
): (pem: string) => Result<ClientCertificate, 'malformed'> {
  const entries = recent<string, Result<ClientCertificate, 'malformed'>>(keptMin);
  return (pem) => {
    const known = entries.get(pem);
    if (known !== undefined) return known;
    const parsed = parseCertificate(pem);
    if (parsed.ok) entries.set(pem, parsed);
    return parsed;
  };
}
