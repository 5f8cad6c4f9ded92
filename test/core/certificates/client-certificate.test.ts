import { generateKeyPairSync, hash, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  certificateName,
  readCertificateName,
} from '../../../functions/core/certificates/certificate-name.ts';
import {
  type ClientCertificate,
  parseCertificate,
  readSerialNumber,
} from '../../../functions/core/certificates/client-certificate.ts';
import { certificateAuthority } from '../../support/certificates.ts';
import {
  der,
  oddCertificate,
  oid,
  otherSpelling,
  pemOf,
  rewritten,
  sanExtension,
} from '../../support/odd-certificates.ts';

const authority = await certificateAuthority();
const issued = await authority.issue({
  commonName: 'Orders',
  sans: { dns: ['Orders.Example'], uri: ['spiffe://example/Orders'], email: ['Ann@Example.com'] },
});

function parsed(pem: string): ClientCertificate {
  const result = parseCertificate(pem);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const malformed = { ok: false, error: 'malformed' };

describe('a certificate', () => {
  test('is known by the SHA-256 of its DER (RFC 8705 §3.1), its serial number and its validity', () => {
    const node = new X509Certificate(issued.certificatePem);
    const certificate = parsed(issued.certificatePem);
    expect(Buffer.from(certificate.x5tS256, 'base64url').toString('hex').toUpperCase()).toBe(
      node.fingerprint256.replaceAll(':', ''),
    );
    expect(BigInt(`0x${certificate.serialNumber}`)).toBe(BigInt(`0x${node.serialNumber}`));
    expect(certificate).toMatchObject({
      subject: 'CN=Orders',
      notBefore: Math.floor(Date.parse(node.validFrom) / 1000),
      notAfter: Math.floor(Date.parse(node.validTo) / 1000),
      isAuthority: false,
      allowsClientAuth: true,
    });
  });

  test('names: hosts in lower case, all else as it is, in its own order (RFC 5280 §7)', async () => {
    expect(parsed(issued.certificatePem).subjectAltNames).toEqual([
      'dns:orders.example',
      'uri:spiffe://example/Orders',
      'email:Ann@example.com',
    ]);
    const twice = await oddCertificate(
      sanExtension(['uri', 'b:b'], ['dns', 'a.example'], ['dns', 'A.example'], ['uri', 'a:a']),
    );
    expect(parsed(twice).subjectAltNames).toEqual(['uri:b:b', 'dns:a.example', 'uri:a:a']);
  });

  test.each([
    ['with CRLF', (pem: string) => pem.replaceAll('\n', '\r\n')],
    ['in one line', (pem: string) => pem.replaceAll('\n', ' ')],
    ['with blank lines around', (pem: string) => `\n\n${pem}\n`],
  ])('is the same %s', (_name, change) => {
    expect(parsed(change(issued.certificatePem)).x5tS256).toBe(
      parsed(issued.certificatePem).x5tS256,
    );
  });

  test('tells its issuer by the signature: a second authority of the same name is another', async () => {
    const second = await certificateAuthority();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
    const certificate = parsed(issued.certificatePem);
    expect(parsed(second.certificatePem).subject).toBe(parsed(authority.certificatePem).subject);
    for (let again = 0; again < 2; again += 1) {
      expect(certificate.isSignedBy(parsed(authority.certificatePem).spki)).toBe(true);
      expect(certificate.isSignedBy(parsed(second.certificatePem).spki)).toBe(false);
      const spki = rsa.export({ type: 'spki', format: 'der' }).toString('base64');
      expect(certificate.isSignedBy(spki)).toBe(false);
    }
    expect(() => certificate.isSignedBy('AAAA')).toThrow();
  });

  test('is the same under either spelling of its signature: what is signed has one digest (RFC 5280 §4.1)', async () => {
    const { raw } = new X509Certificate(issued.certificatePem);
    // SEQUENCE { TBSCertificate, AlgorithmIdentifier, BIT STRING }, and both lengths take two bytes.
    const tbs = raw.subarray(4, 8 + raw.readUInt16BE(6));
    const respelt = parsed(otherSpelling(issued.certificatePem));
    const another = await authority.issue({ commonName: 'Orders' });
    const digest = hash('sha256', tbs, 'base64url');
    expect(parsed(issued.certificatePem).tbsSha256).toBe(digest);
    expect(respelt).toMatchObject({ tbsSha256: digest, issuer: 'CN=Test CA' });
    expect(respelt.x5tS256).not.toBe(parsed(issued.certificatePem).x5tS256);
    expect(parsed(another.certificatePem).tbsSha256).not.toBe(digest);
  });

  test('of an authority says so', () => {
    expect(parsed(authority.certificatePem).isAuthority).toBe(true);
  });
});

describe('what is not exactly one certificate is malformed:', () => {
  const { certificatePem, privateKeyPem } = issued;
  const base64 = certificatePem.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '');

  test.each([
    ['nothing', ''],
    ['two certificates', certificatePem + certificatePem],
    ['a chain', certificatePem + authority.certificatePem],
    ['a certificate and its private key', certificatePem + privateKeyPem],
    ['a private key', privateKeyPem],
    ['a text before it', `Subject: CN=Orders\n${certificatePem}`],
    ['a text behind it', `${certificatePem}and more`],
    ['another label', certificatePem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')],
    ['no end', certificatePem.replace(/-----END.*/, '')],
    ['markers that overlap', '-----BEGIN CERTIFICATE-----END CERTIFICATE-----'],
    ['an empty body', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
    ['base64url', certificatePem.replaceAll('+', '-').replaceAll('/', '_')],
    ['base64 that lacks its end', certificatePem.replace(/.\n-----END/, '\n-----END')],
    ['DER without PEM', Buffer.from(base64, 'base64').toString('latin1')],
    ['more than 16 KiB', `${certificatePem}${' '.repeat(16_384)}`],
    ['a certificate that is cut off', rewritten(certificatePem, (bytes) => bytes.subarray(0, -9))],
    [
      'bytes behind the DER',
      rewritten(certificatePem, (bytes) => Buffer.concat([bytes, Buffer.from([5, 0])])),
    ],
    [
      'a length in more bytes than it needs (BER)',
      rewritten(certificatePem, (bytes) =>
        Buffer.concat([Buffer.from([0x30, 0x83, 0]), bytes.subarray(2)]),
      ),
    ],
    [
      'a negative serial number',
      rewritten(certificatePem, (bytes) => {
        const at = bytes.indexOf(Buffer.from([0xa0, 3, 2, 1, 2, 2])) + 7;
        bytes[at] = 0xc0;
        return bytes;
      }),
    ],
  ])('%s', (_name, text) => {
    expect(parseCertificate(text)).toEqual(malformed);
  });

  test('a certificate with another one as PEM inside: neither is taken for the other', async () => {
    const smuggled = await oddCertificate(sanExtension(['uri', `a:\n${certificatePem}\n`]));
    const bytes = Buffer.from(smuggled.replace(/-----[A-Z ]+-----/g, ''), 'base64');
    // The reason for the check: node finds the inner one.
    expect(new X509Certificate(bytes).subject).toBe('CN=Orders');
    expect(parseCertificate(smuggled)).toEqual(malformed);
  });

  test('any text at all is refused without a throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 300 }),
          fc.base64String({ maxLength: 300 }).map((text) => pemOf(Buffer.from(text, 'base64'))),
          fc.uint8Array({ maxLength: 300 }).map((bytes) => pemOf(Buffer.from(bytes))),
        ),
        (text) => {
          expect(parseCertificate(text)).toEqual(malformed);
        },
      ),
    );
  });

  test('a certificate with any bytes changed is refused or read, and never throws', () => {
    const length = Buffer.from(base64, 'base64').length;
    const edit = fc.tuple(fc.nat(length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = rewritten(certificatePem, (bytes) => {
          for (const [at, value] of edits) bytes[at] = value;
          return bytes;
        });
        const result = parseCertificate(text);
        if (result.ok) expect(result.value.serialNumber).toMatch(/^[0-9A-F]+$/);
        else expect(result).toEqual(malformed);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('extensions', () => {
  const clientAuth = der(0x06, Buffer.from('2b06010505070302', 'hex'));
  const serverAuth = der(0x06, Buffer.from('2b06010505070301', 'hex'));
  const anyUsage = der(0x06, Buffer.from('551d2500', 'hex'));
  const broken = Buffer.from([0x30, 5, 1]);
  const usage = (...ids: Buffer[]) => [oid.extendedKeyUsage, der(0x30, ...ids)] as const;

  test.each([
    ['no extended key usage', [], true],
    ['clientAuth', [usage(clientAuth)], true],
    ['clientAuth beside serverAuth', [usage(serverAuth, clientAuth)], true],
    ['serverAuth', [usage(serverAuth)], false],
    ['any usage alone, which a verifier may refuse (RFC 5280 §4.2.1.12)', [usage(anyUsage)], false],
    ['a list of none', [usage()], false],
  ] as const)('%s', async (_name, extensions, allows) => {
    expect(parsed(await oddCertificate(...extensions)).allowsClientAuth).toBe(allows);
  });

  test.each([
    ['CA:TRUE', der(0x30, der(1, Buffer.from([0xff]))), true],
    ['CA:TRUE in BER', der(0x30, der(1, Buffer.from([0x01]))), true],
    ['CA:FALSE spelt out', der(0x30, der(1, Buffer.from([0]))), false],
    ['CA:FALSE by omission', der(0x30), false],
  ] as const)('basic constraints with %s', async (_name, value, isAuthority) => {
    const certificate = parsed(await oddCertificate([oid.basicConstraints, value]));
    expect(certificate.isAuthority).toBe(isAuthority);
  });

  test.each([
    ['an extended key usage twice', [usage(clientAuth), usage(serverAuth)]],
    ['a broken extended key usage', [[oid.extendedKeyUsage, broken]]],
    ['an extended key usage of texts', [[oid.extendedKeyUsage, der(0x30, der(0x0c))]]],
    [
      'an extended key usage with something behind it',
      [[oid.extendedKeyUsage, Buffer.concat([der(0x30, clientAuth), der(5)])]],
    ],
    [
      'basic constraints twice',
      [
        [oid.basicConstraints, der(0x30)],
        [oid.basicConstraints, der(0x30)],
      ],
    ],
    ['broken basic constraints', [[oid.basicConstraints, broken]]],
    ['names twice', [sanExtension(['dns', 'a.example']), sanExtension(['dns', 'b.example'])]],
    ['broken names', [[oid.subjectAltName, broken]]],
    ['names with no end', [[oid.subjectAltName, Buffer.from([0x30, 0x80, 0x82, 1, 97, 0, 0])]]],
    [
      'names with a length in more bytes than it needs',
      [[oid.subjectAltName, Buffer.from([0x30, 0x81, 3, 0x82, 1, 97])]],
    ],
    ['a name with a tag of two bytes', [[oid.subjectAltName, Buffer.from([0x30, 3, 0x9f, 2, 0])]]],
    [
      'names with something behind them',
      [[oid.subjectAltName, Buffer.concat([der(0x30), der(5)])]],
    ],
  ] as const)(
    '%s: malformed, where node says the same as of none (RFC 5280 §4.2)',
    async (_name, extensions) => {
      expect(parseCertificate(await oddCertificate(...extensions))).toEqual(malformed);
    },
  );
});

describe('a subject alternative name', () => {
  test.each([
    ['a comma and a second name', ['dns', 'evil.example, DNS:good.example']],
    ['a quote', ['dns', 'good.example"']],
    ['a newline', ['dns', 'good.example\nDNS:good.example']],
    ['a NUL', ['dns', 'good.example\0.evil.example']],
    ['a leading space', ['dns', ' good.example']],
    ['a trailing dot', ['dns', 'good.example.']],
    ['a wildcard', ['dns', '*.example']],
    ['nothing in it', ['dns', '']],
    ['an empty label', ['dns', 'good..example']],
    ['a label of 64 characters', ['dns', `${'a'.repeat(64)}.example`]],
    ['254 characters', ['dns', Array(127).fill('a').join('.').concat('.b')]],
    ['a letter that is not ASCII', ['dns', 'g\xf6\xf6d.example']],
    ['a backslash', ['uri', 'spiffe://good\\.example']],
    ['a quote', ['uri', "spiffe://good'"]],
    ['a space', ['uri', 'spiffe://good /x']],
    ['no scheme', ['uri', '//good.example']],
    ['a NUL', ['uri', 'spiffe://good\0']],
    ['a comma and a quote', ['uri', 'a:b", DNS:"good.example']],
    ['no @', ['email', 'good.example']],
    ['no local part', ['email', '@good.example']],
    ['a quoted local part', ['email', '"a b"@good.example']],
    ['two of them', ['email', 'a@good.example,b@good.example']],
    ['a newline', ['email', 'a@good.example\n']],
  ] as const)('with %s names nobody', async (_name, name) => {
    const pem = await oddCertificate(sanExtension(name, ['dns', 'beside.example']));
    expect(parsed(pem).subjectAltNames).toEqual(['dns:beside.example']);
  });

  test.each([
    ['otherName', 0xa0],
    ['directoryName', 0xa4],
    ['iPAddress', 0x87],
    ['registeredID', 0x88],
    ['a constructed dNSName (BER)', 0xa2],
  ])('of another kind names nobody: %s', async (_name, tag) => {
    const name = der(tag, Buffer.from('good.example'));
    expect(parsed(await oddCertificate([oid.subjectAltName, der(0x30, name)]))).toMatchObject({
      subjectAltNames: [],
    });
  });

  test('is read as exactly itself or not at all, whatever bytes it has', async () => {
    const type = fc.constantFrom('dns', 'uri', 'email');
    const alphabet = fc.constantFrom(...'aZ0.-_:/@,"\'\\ \0\n\x7f\xe9*');
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: alphabet, maxLength: 20 }),
      fc.string({ unit: alphabet, maxLength: 20 }).map((text) => `a:${text}`),
    );
    const names = fc.array(fc.tuple(type, value), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(names, async (all) => {
        const read = parsed(await oddCertificate(sanExtension(...all))).subjectAltNames;
        expect(read.every((name) => /^(?:dns|uri|email):[!-~]+$/.test(name))).toBe(true);
        expect(read.every((name) => !/[\s"'\\*]/.test(name))).toBe(true);
        const spelt = all.map(([kind, text]) => `${kind}:${text}`.toLowerCase());
        expect(read.every((name) => spelt.includes(name.toLowerCase()))).toBe(true);
      }),
    );
  });

  test('as an operator writes it is the one that a certificate has', () => {
    expect(readCertificateName('dns:Orders.Example')).toBe('dns:orders.example');
    expect(readCertificateName('uri:spiffe://example/orders')).toBe('uri:spiffe://example/orders');
    expect(readCertificateName('email:Ann@EXAMPLE.com')).toBe('email:Ann@example.com');
    for (const text of [
      'orders.example',
      'ip:192.0.2.1',
      'DNS:a.example',
      'cn:orders',
      'dns:',
      '',
    ]) {
      expect(readCertificateName(text)).toBeUndefined();
    }
    // The Kelvin sign is a "k" in lower case, and no "k".
    expect(certificateName('dns', 'ban\u212a.example')).toBeUndefined();
  });
});

test.each([
  ['0A:1b', 'A1B'],
  ['0x0a1b', 'A1B'],
  ['00', '0'],
  ['', undefined],
  ['-1', undefined],
  ['12 34', undefined],
  ['g', undefined],
  ['1'.repeat(65), undefined],
])('the serial number %j is kept as %j', (text, kept) => {
  expect(readSerialNumber(text)).toBe(kept);
});
