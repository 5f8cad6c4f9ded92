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
    // Last in line again; whoever stands first is the one to leave.
    entries.delete(pem);
    entries.set(pem, parsed);
    const [oldest] = entries.keys();
    if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
    return parsed;
  };
}
