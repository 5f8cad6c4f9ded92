import { certificateName } from './certificate-name.ts';
import { type DerElement, derElements, derTag, derWithin } from './der.ts';

/** What the extensions of a certificate say (RFC 5280 §4.2.1). */
export interface CertificateExtensions {
  /** basicConstraints: its key signs certificates. */
  readonly isAuthority: boolean;
  /** extendedKeyUsage is absent, or names client authentication. "Any usage" alone does not: RFC 5280 lets us refuse it. */
  readonly allowsClientAuth: boolean;
  /** The names that a rule can be made for, in the certificate's order, each once. */
  readonly subjectAltNames: readonly string[];
}

const basicConstraints = '551d13';
const subjectAltName = '551d11';
const extendedKeyUsage = '551d25';
const clientAuth = '2b06010505070302';

/** The choices of GeneralName that identify somebody. */
const nameTypes: Readonly<Record<number, string>> = { 129: 'email', 130: 'dns', 134: 'uri' };

/**
 * Reads the extensions out of a TBSCertificate. Node's own answers fail open: of an extension that is broken or there twice,
 * `X509Certificate` says the same as of one that is absent, and "no extended key usage" means "any usage". Here such a
 * certificate is `undefined`.
 */
export function certificateExtensions(tbs: DerElement): CertificateExtensions | undefined {
  const extensions = extensionsOf(tbs);
  if (extensions === undefined) return undefined;
  const isAuthority = readAuthority(extensions.get(basicConstraints));
  const usages = readUsages(extensions.get(extendedKeyUsage));
  const subjectAltNames = readNames(extensions.get(subjectAltName));
  if (isAuthority === undefined || usages === undefined || subjectAltNames === undefined) {
    return undefined;
  }
  return {
    isAuthority,
    allowsClientAuth: usages === 'any' || usages.includes(clientAuth),
    subjectAltNames,
  };
}

/** Object identifier in hex → DER of the value. */
function extensionsOf(tbs: DerElement): ReadonlyMap<string, Buffer> | undefined {
  const fields = derWithin(tbs, derTag.sequence);
  if (fields === undefined) return undefined;
  const extensions = new Map<string, Buffer>();
  const wrapper = fields.find(({ tag }) => tag === 0xa3);
  if (wrapper === undefined) return extensions;
  const [list, ...beyond] = derElements(wrapper.content) ?? [];
  const entries = derWithin(list, derTag.sequence);
  if (entries === undefined || beyond.length > 0) return undefined;
  for (const entry of entries) {
    const members = derWithin(entry, derTag.sequence) ?? [];
    const [id] = members;
    const value = members.at(-1);
    if (id?.tag !== derTag.oid || value?.tag !== derTag.octetString) return undefined;
    const name = id.content.toString('hex');
    // Two of a kind: whoever reads only one of them could be shown the other (RFC 5280 §4.2).
    if (extensions.has(name)) return undefined;
    extensions.set(name, value.content);
  }
  return extensions;
}

function readAuthority(value: Buffer | undefined): boolean | undefined {
  if (value === undefined) return false;
  const members = sequence(value);
  if (members === undefined) return undefined;
  const [first] = members;
  return first?.tag === derTag.boolean && first.content.some((byte) => byte !== 0);
}

function readUsages(value: Buffer | undefined): readonly string[] | 'any' | undefined {
  if (value === undefined) return 'any';
  const usages = sequence(value);
  return usages?.every(({ tag }) => tag === derTag.oid)
    ? usages.map(({ content }) => content.toString('hex'))
    : undefined;
}

function readNames(value: Buffer | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  const names = sequence(value)?.map(({ tag, content }) =>
    certificateName(nameTypes[tag] ?? '', content.toString('latin1')),
  );
  return names && [...new Set(names.filter((name) => name !== undefined))];
}

/** The elements of a value that is one SEQUENCE and nothing behind it. */
function sequence(value: Buffer): readonly DerElement[] | undefined {
  const [only, ...more] = derElements(value) ?? [];
  return more.length === 0 ? derWithin(only, derTag.sequence) : undefined;
}
