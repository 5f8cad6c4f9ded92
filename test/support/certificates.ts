import {
  type CertificateOrder,
  type KeyedCertificate,
  newAuthority,
} from '../../local/tls/certificate-authority.ts';

/** What a test orders: a client's certificate that is valid now, unless it says otherwise. */
export interface TestCertificate extends Omit<CertificateOrder, 'usage'> {
  /** @default 'client' */
  readonly usage?: CertificateOrder['usage'];
}

/** An authority that signs whatever a test asks for, expired and misused certificates included. */
export interface TestAuthority {
  readonly certificatePem: string;
  issue(order: TestCertificate): Promise<KeyedCertificate>;
}

/** Every call makes another key, so two authorities of one name are the same in name only. */
export async function certificateAuthority(name = 'Test CA'): Promise<TestAuthority> {
  const { certificatePem, issue } = await newAuthority(name);
  return { certificatePem, issue: (order) => issue({ usage: 'client', ...order }) };
}

/** Validity that ended yesterday. */
export function expired(): Pick<TestCertificate, 'notBefore' | 'notAfter'> {
  const dayMilliseconds = 24 * 3_600_000;
  const daysAgo = (days: number): Date => new Date(Date.now() - days * dayMilliseconds);
  return { notBefore: daysAgo(30), notAfter: daysAgo(1) };
}
