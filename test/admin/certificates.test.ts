import { describe, expect, test } from 'vitest';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { certificatePinKind } from '../../functions/core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../functions/core/certificates/certificate-rule.ts';
import { parseCertificate } from '../../functions/core/certificates/client-certificate.ts';
import { revokedCertificateKind } from '../../functions/core/certificates/revoked-certificate.ts';
import { audience, certificateGate } from '../support/certificate-gate.ts';
import { certificateAuthority, expired } from '../support/certificates.ts';
import { otherSpelling } from '../support/odd-certificates.ts';

const authority = await certificateAuthority('Partners');
const ca = authority.certificatePem;
const second = await certificateAuthority('Partners');
const orders = await authority.issue({
  commonName: 'orders',
  sans: { dns: ['orders.example'] },
});
const old = await authority.issue({ commonName: 'old', ...expired() });
const server = await authority.issue({ commonName: 'server', usage: 'server' });
const yearSeconds = 365 * 86_400;

function facts(pem: string) {
  const parsed = parseCertificate(pem);
  if (!parsed.ok) throw new Error('not a certificate');
  return parsed.value;
}

const add = { command: 'certificates.add' };
const pin = { ...add, certificate: orders.certificatePem };
const rule = { ...add, issuer: ca, san: 'dns:orders.example' };
const list = { command: 'certificates.list' };
const { x5tS256: thumbprint, serialNumber: serial } = facts(orders.certificatePem);

describe('operators', () => {
  test('pin a certificate, and see of it what tells it from others', async () => {
    const { done, audit, clock } = certificateGate();
    const added = await done({ ...pin, name: 'Orders', scope: ['a', 'b'], expires_in: 60 });
    expect(added).toEqual({
      certificate_id: thumbprint,
      name: 'Orders',
      serial,
      subject: 'CN=orders',
      not_after: facts(orders.certificatePem).notAfter,
      owner: `certificate:${thumbprint}`,
      scope: 'a b',
      resources: [audience],
      status: 'enabled',
      expires_at: clock.seconds + 60,
      created_at: clock.seconds,
      updated_at: clock.seconds,
    });
    expect(await done(list)).toEqual([added]);
    expect(audit[0]).toMatchObject({
      command: 'certificates.add',
      outcome: 'done',
      subject: thumbprint,
    });
    expect(JSON.stringify(audit)).not.toContain('BEGIN');
  });

  test('make a rule, and see its issuers by their keys', async () => {
    const { done, audit } = certificateGate();
    const added = await done({ ...rule, san: 'dns:Orders.Example', owner: 'orders' });
    expect(added).toMatchObject({
      certificate_id: 'dns:orders.example',
      name: 'dns:orders.example',
      owner: 'orders',
      issuers: [{ subject: 'CN=Partners', spki_sha256: expect.stringMatching(/^[\w-]{43}$/) }],
    });
    expect(await done(list)).toEqual([added]);
    expect(audit[0]).toMatchObject({ subject: 'dns:orders.example' });
  });

  test.each([
    'dns:orders.example',
    'email:ann+x@example.com',
    'uri:spiffe://example/ns/a?b=c&d=%20;e,f#g',
  ])('find %s in the audit log under the name that they gave', async (san) => {
    const { done, audit } = certificateGate();
    await done({ ...rule, san });
    await done({ command: 'certificates.remove', certificate_id: san });
    expect(audit.map((event) => 'subject' in event && event.subject)).toEqual([san, san]);
  });

  test.each([
    ['a newline', 'a\nb'],
    ['a space', 'a b'],
    ['a quote', '"'],
    ['markup', '<script>'],
    ['more characters than a name has', 'x,'.repeat(129)],
    ['an override of the direction', '\u202e'],
  ])('cannot write %s into the audit log as an id', async (_name, certificate_id) => {
    const { refusal, audit } = certificateGate();
    expect(await refusal({ command: 'certificates.remove', certificate_id })).toMatch(/^not_found/);
    expect(audit).toHaveLength(1);
    expect(audit[0]).not.toHaveProperty('subject');
  });

  test('cannot write a certificate into the audit log as an id: a digest is all that is left of it', async () => {
    const { refusal, audit } = certificateGate();
    await refusal({ command: 'certificates.remove', certificate_id: ca });
    expect(audit).toMatchObject([{ subject: expect.stringMatching(/^sha256:[0-9a-f]{16}$/) }]);
  });

  test('prepare a certificate that is not valid yet', async () => {
    const { done, clock } = certificateGate();
    clock.seconds = facts(orders.certificatePem).notBefore - 1;
    expect(await done(pin)).toMatchObject({ status: 'enabled' });
  });

  test.each([
    ['give a certificate, or an issuer and a san', {}],
    ['give a certificate, or an issuer and a san', { ...pin, issuer: ca }],
    ['give a certificate, or an issuer and a san', { ...pin, san: 'dns:a' }],
    ['san is missing', { issuer: ca }],
    ['issuer is missing', { san: 'dns:orders.example' }],
    ['certificate is missing', { certificate: '' }],
    ['certificate must be one certificate in PEM', { certificate: 'x' }],
    ['certificate must be a string', { certificate: 7 }],
    [
      'certificate must be one certificate in PEM',
      { certificate: orders.certificatePem + orders.privateKeyPem },
    ],
    ['certificate must be one certificate in PEM', { certificate: orders.certificatePem + ca }],
    ['certificate is of an authority', { certificate: ca }],
    ['extendedKeyUsage lacks clientAuth', { certificate: server.certificatePem }],
    ['certificate has expired', { certificate: old.certificatePem }],
    ['name must have', { ...pin, name: '' }],
    ['name must have', { ...pin, name: 'a\nb' }],
    ['name must have', { ...pin, name: 'a\u200bb' }],
    ['name must have', { ...rule, name: 'a\u202eb' }],
    ['owner may hold', { ...pin, owner: 'a b' }],
    ['addresses must be', { ...pin, addresses: ['nowhere'] }],
    ['tier must be', { ...pin, tier: 'GOLD' }],
    ['has no member of that name', { ...pin, password: 'x' }],
    ['issuer is not the certificate of an authority', { ...rule, issuer: orders.certificatePem }],
    ['issuer must be one certificate', { ...rule, issuer: ca + second.certificatePem }],
    ['san must be', { ...rule, san: 'orders.example' }],
    ['san must be', { ...rule, san: 'cn:orders' }],
    ['san must be', { ...rule, san: 'ip:192.0.2.1' }],
    ['san must be', { ...rule, san: 'dns:*.example' }],
    ['san must be', { ...rule, san: 'dns:a.example, dns:b.example' }],
    ['san must be', { ...rule, san: 'email:ann' }],
    ['resources must be', { ...rule, resources: [] }],
  ])('are refused in a sentence, and nothing is written: %s', async (sentence, members) => {
    const { refusal, done } = certificateGate();
    const answer = await refusal({ ...add, ...members });
    expect(answer).toMatch(/^invalid_request: /);
    expect(answer).toContain(sentence);
    expect(answer).not.toContain('BEGIN');
    expect(await done(list)).toEqual([]);
  });

  test('are refused an issuer that has expired, and may still revoke what it issued', async () => {
    const { refusal, done, clock } = certificateGate();
    clock.seconds += 11 * yearSeconds;
    expect(await refusal(rule)).toContain("the issuer's certificate has expired");
    expect(await done({ command: 'certificates.revoke', issuer: ca, serial })).toHaveProperty(
      'serial',
    );
  });

  test('pin a certificate once, and make one rule for a name', async () => {
    const { done, refusal } = certificateGate();
    await done(pin);
    await done(rule);
    expect(await refusal(pin)).toMatch(/^conflict/);
    expect(await refusal({ ...rule, issuer: second.certificatePem })).toMatch(/^conflict/);
    expect(await done(list)).toHaveLength(2);
  });

  test('remove a pin or a rule by its id', async () => {
    const { done, refusal } = certificateGate();
    await done(pin);
    await done(rule);
    for (const certificate_id of [thumbprint, 'dns:orders.example']) {
      const remove = { command: 'certificates.remove', certificate_id };
      expect(await done(remove)).toEqual({ certificate_id, deleted: true });
      expect(await refusal(remove)).toMatch(/^not_found/);
    }
    expect(await done(list)).toEqual([]);
  });

  test('replace an issuer: a rule has one to four, each once', async () => {
    const { done, refusal } = certificateGate();
    await done(rule);
    const issuers = (verb: 'add' | 'remove', issuer: string) => ({
      command: `certificates.issuers.${verb}`,
      certificate_id: 'dns:orders.example',
      issuer,
    });
    expect(await refusal(issuers('remove', ca))).toMatch(/^conflict/);
    expect(await refusal(issuers('add', ca))).toMatch(/^conflict/);
    expect(await refusal(issuers('add', orders.certificatePem))).toMatch(/^invalid_request/);
    expect(await refusal(issuers('remove', second.certificatePem))).toMatch(/^not_found/);
    const more = await Promise.all([1, 2, 3].map(() => certificateAuthority('Partners')));
    const added = await Promise.all(
      more.map(({ certificatePem }) => done(issuers('add', certificatePem))),
    );
    expect(added.map((view) => (view.issuers as unknown[]).length).sort()).toEqual([2, 3, 4]);
    expect(await refusal(issuers('add', second.certificatePem))).toContain('1 to 4 issuers');
    expect((await done(issuers('remove', ca))).issuers).toHaveLength(3);
    const elsewhere = { ...issuers('add', ca), certificate_id: 'dns:a.example' };
    expect(await refusal(elsewhere)).toMatch(/^not_found/);
  });
});

describe('a revocation', () => {
  const revoke = { command: 'certificates.revoke' };

  test('of a certificate needs nothing else, disables its pins in either spelling, and can be seen', async () => {
    const { done, audit, clock } = certificateGate();
    const respelt = otherSpelling(orders.certificatePem);
    await done(pin);
    await done({ ...pin, certificate: respelt });
    const seen = {
      ...{ serial, subject: 'CN=orders', issuer: 'CN=Partners', revoked_at: clock.seconds },
      tbs_sha256: facts(respelt).tbsSha256,
    };
    const revoked = await done({ ...revoke, certificate: orders.certificatePem });
    const { certificate_ids } = revoked as { readonly certificate_ids: readonly string[] };
    expect(revoked).toEqual({ ...seen, certificate_ids });
    expect([...certificate_ids].sort()).toEqual([thumbprint, facts(respelt).x5tS256].sort());
    expect(await done({ command: 'certificates.revocations' })).toEqual([seen]);
    expect(await done(list)).toContainEqual(
      expect.objectContaining({ certificate_id: thumbprint, status: 'disabled' }),
    );
    expect(audit).toContainEqual(
      expect.objectContaining({ command: 'certificates.revoke', subject: serial }),
    );
  });

  test('takes a serial number as tools print it, twice if need be, and keeps the first date', async () => {
    const { done, clock } = certificateGate();
    const at = clock.seconds;
    const printed = (serial.length % 2 === 0 ? serial : `0${serial}`)
      .toLowerCase()
      .replace(/..(?=.)/g, '$&:');
    for (const spelling of [printed, serial, `0x${serial}`]) {
      const revoked = await done({ ...revoke, issuer: ca, serial: spelling });
      expect(revoked).toMatchObject({ serial, revoked_at: at });
      clock.seconds += 10;
    }
    const seen = { serial, issuer: 'CN=Partners', revoked_at: at };
    expect(await done({ command: 'certificates.revocations' })).toEqual([
      { ...seen, spki_sha256: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
  });

  test('by serial number spares the pin of another issuer with the same one', async () => {
    const certificatePins = memoryRegistry(certificatePinKind);
    const { done } = certificateGate({
      certificatePins,
      certificateRules: memoryRegistry(certificateRuleKind),
      revokedCertificates: memoryRegistry(revokedCertificateKind),
    });
    await done(pin);
    const found = await certificatePins.read(thumbprint);
    const foreign = await second.issue({ commonName: 'foreign' });
    if (found === undefined) throw new Error('no pin');
    await certificatePins.create({
      ...found.record,
      certificateId: facts(foreign.certificatePem).x5tS256,
      certificate: foreign.certificatePem,
    });
    expect(await done({ ...revoke, issuer: ca, serial })).toMatchObject({
      certificate_ids: [thumbprint],
    });
  });

  test.each([
    ['nothing', {}, 'invalid_request'],
    ['an issuer alone', { issuer: ca }, 'invalid_request'],
    ['a serial number alone', { serial }, 'invalid_request'],
    ['a serial number that is none', { issuer: ca, serial: 'x' }, 'invalid_request'],
    [
      'a serial number of what is no authority',
      { issuer: orders.certificatePem, serial },
      'invalid_request',
    ],
    [
      'a certificate and a serial number',
      { certificate: orders.certificatePem, serial },
      'invalid_request',
    ],
    [
      'a certificate and an issuer',
      { certificate: orders.certificatePem, issuer: ca },
      'invalid_request',
    ],
    ['what is no certificate', { certificate: 'x' }, 'invalid_request'],
  ])('of %s is refused, and nothing is written', async (_name, members, code) => {
    const { refusal, done } = certificateGate();
    expect(await refusal({ ...revoke, ...members })).toMatch(new RegExp(`^${code}: `));
    expect(await done({ command: 'certificates.revocations' })).toEqual([]);
  });

  test('of a certificate that nothing lets in holds for whatever would let it in later', async () => {
    const { done, refusal } = certificateGate();
    const itself = { ...revoke, certificate: orders.certificatePem };
    expect(await done(itself)).toMatchObject({ serial, certificate_ids: [] });
    expect(await refusal(pin)).toMatch(/^conflict: that certificate was revoked/);
    expect(await done(list)).toEqual([]);
  });

  test('of one certificate does not keep others from being pinned, of the same issuer or the same number', async () => {
    const { done } = certificateGate();
    const another = await authority.issue({ commonName: 'orders' });
    await done({ ...revoke, certificate: another.certificatePem });
    await done({ ...revoke, issuer: second.certificatePem, serial });
    expect(await done(pin)).toMatchObject({ certificate_id: thumbprint, status: 'enabled' });
  });

  test('of a pin that others are changing is carried out all the same', async () => {
    const { done } = certificateGate();
    await done(pin);
    const all = await Promise.all(
      [1, 2, 3].map(() => done({ ...revoke, certificate: orders.certificatePem })),
    );
    expect(all.every(({ certificate_ids }) => String(certificate_ids) === thumbprint)).toBe(true);
  });
});
