import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anotherTurn } from '../../../functions/adapters/memory/another-turn.ts';
import { memoryRegistry } from '../../../functions/adapters/memory/registry.ts';
import { certificateAuthenticator } from '../../../functions/authorizers/mtls/authenticate.ts';
import { certificatePinKind } from '../../../functions/core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../../functions/core/certificates/certificate-rule.ts';
import { parseCertificate } from '../../../functions/core/certificates/client-certificate.ts';
import { revokedCertificateKind } from '../../../functions/core/certificates/revoked-certificate.ts';
import type { Registry } from '../../../functions/core/ports/registry.ts';
import { audience, cacheSeconds, certificateGate, issuer } from '../../support/certificate-gate.ts';
import { certificateAuthority } from '../../support/certificates.ts';
import { otherSpelling } from '../../support/odd-certificates.ts';
import { nothingRevoked } from '../../support/revocations.ts';

const authority = await certificateAuthority('Partners');
const ca = authority.certificatePem;
const { certificatePem: orders } = await authority.issue({
  commonName: 'orders.example',
  sans: { dns: ['orders.example'] },
});
const { certificatePem: nameless } = await authority.issue({ commonName: 'orders.example' });

const pin = { command: 'certificates.add', certificate: orders, owner: 'orders' };
const rule = {
  command: 'certificates.add',
  issuer: ca,
  san: 'dns:orders.example',
  owner: 'orders',
};

function facts(pem: string) {
  const parsed = parseCertificate(pem);
  if (!parsed.ok) throw new Error('not a certificate');
  return parsed.value;
}

async function withNames(...dns: readonly string[]): Promise<string> {
  return (await authority.issue({ commonName: 'x', sans: { dns } })).certificatePem;
}

describe('a pinned certificate', () => {
  test('is let in as its owner, known by its thumbprint (RFC 8705 §3.1), until it ends', async () => {
    const { done, enter, context } = certificateGate();
    await done({ ...pin, scope: ['orders:read'], tier: 'gold' });
    expect(await enter(orders, { route: 'GET /orders' })).toBe('allow');
    expect(await context(orders)).toMatchObject({
      mth: 'certificate',
      iss: issuer,
      sub: 'orders',
      cid: 'orders',
      scp: 'orders:read',
      aud: JSON.stringify([audience]),
      cred: facts(orders).x5tS256,
      exp: String(facts(orders).notAfter + 1),
    });
  });

  test('is the only one: another of the same names and authority is unmapped', async () => {
    const { done, enter } = certificateGate();
    await done(pin);
    const again = await authority.issue({
      commonName: 'orders.example',
      sans: { dns: ['orders.example'] },
    });
    expect(await enter(again.certificatePem)).toBe('cert_unmapped');
  });

  test('that was removed is unmapped: at once on a strict route, elsewhere after the cache', async () => {
    const { done, enter, clock } = certificateGate();
    const { certificate_id } = await done(pin);
    expect(await enter(orders)).toBe('allow');
    await done({ command: 'certificates.remove', certificate_id });
    expect(await enter(orders)).toBe('allow');
    expect(await enter(orders, { route: 'GET /strict' })).toBe('cert_unmapped');
    await done(pin);
    expect(await enter(orders, { route: 'GET /strict' })).toBe('allow');
    await done({ command: 'certificates.remove', certificate_id });
    clock.seconds += cacheSeconds;
    expect(await enter(orders)).toBe('cert_unmapped');
  });

  test('is good from its first to its last second, whatever the handshake was (RFC 5280 §4.1.2.5)', async () => {
    const { done, enter, clock } = certificateGate();
    await done(pin);
    const { notBefore, notAfter } = facts(orders);
    const outcomes: string[] = [];
    for (const seconds of [notBefore - 1, notBefore, notAfter, notAfter + 1]) {
      clock.seconds = seconds;
      outcomes.push(await enter(orders));
    }
    expect(outcomes).toEqual(['not_yet_valid', 'allow', 'allow', 'expired']);
  });

  test('whose record ends is revoked from then on, and the backend knows when', async () => {
    const { done, enter, context, clock } = certificateGate();
    await done({ ...pin, expires_in: 10 });
    expect(await context(orders)).toMatchObject({ exp: String(clock.seconds + 10) });
    clock.seconds += 10;
    expect(await enter(orders)).toBe('cert_revoked');
  });

  test('with addresses is good from there alone', async () => {
    const { done, enter } = certificateGate();
    await done({ ...pin, addresses: ['198.51.100.0/24', '2001:db8::/32'] });
    expect(await enter(orders, { sourceIp: '198.51.100.7' })).toBe('allow');
    expect(await enter(orders, { sourceIp: '2001:db8::1' })).toBe('allow');
    expect(await enter(orders, { sourceIp: '192.0.2.1' })).toBe('ip_denied');
    expect(await enter(orders, { sourceIp: '' })).toBe('ip_denied');
  });

  test('for another API is of the wrong audience, and without the scope it does not suffice', async () => {
    const { done, enter } = certificateGate();
    await done({ ...pin, resources: ['https://other.example.com'] });
    expect(await enter(orders)).toBe('wrong_audience');
    const other = certificateGate();
    await other.done({ ...pin, scope: ['orders:list'] });
    expect(await other.enter(orders, { route: 'GET /orders' })).toBe('insufficient_scope');
  });

  test('wins over a rule, also where it says no', async () => {
    const registries = {
      certificatePins: memoryRegistry(certificatePinKind),
      certificateRules: memoryRegistry(certificateRuleKind),
      revokedCertificates: memoryRegistry(revokedCertificateKind),
    };
    const { done, enter } = certificateGate(registries);
    await done({ ...rule, scope: ['orders:read'] });
    const { certificate_id } = await done(pin);
    expect(await enter(orders, { route: 'GET /orders' })).toBe('insufficient_scope');
    const found = await registries.certificatePins.read(String(certificate_id));
    if (found === undefined) throw new Error('no pin');
    await registries.certificatePins.replace(
      { ...found.record, status: 'disabled' },
      found.revision,
    );
    expect(await enter(orders, { route: 'GET /strict' })).toBe('cert_revoked');
  });
});

describe('a rule', () => {
  test.each([
    ['dns:orders.example', { dns: ['ORDERS.example'] }],
    ['uri:spiffe://example/orders', { uri: ['spiffe://example/orders'] }],
    ['email:ann@example.com', { email: ['ann@Example.com'] }],
  ])('lets every certificate of its issuer with %s in', async (san, sans) => {
    const { done, enter } = certificateGate();
    await done({ ...rule, san });
    for (let serial = 0; serial < 2; serial += 1) {
      const { certificatePem } = await authority.issue({ commonName: 'x', sans });
      expect(await enter(certificatePem)).toBe('allow');
    }
    expect(await enter(await withNames('other.example'))).toBe('cert_unmapped');
  });

  test('goes by the key of the issuer: a second authority of the same name is nobody', async () => {
    const { done, enter, clock } = certificateGate();
    await done(rule);
    const second = await certificateAuthority('Partners');
    const { certificatePem } = await second.issue({
      commonName: 'orders.example',
      sans: { dns: ['orders.example'] },
    });
    expect(await enter(orders)).toBe('allow');
    expect(await enter(certificatePem)).toBe('cert_unmapped');
    // Two issuers at a time, so that one can follow the other.
    const issuers = { certificate_id: 'dns:orders.example' };
    await done({
      command: 'certificates.issuers.add',
      ...issuers,
      issuer: second.certificatePem,
    });
    clock.seconds += cacheSeconds;
    expect([await enter(orders), await enter(certificatePem)]).toEqual(['allow', 'allow']);
    await done({ command: 'certificates.issuers.remove', ...issuers, issuer: ca });
    clock.seconds += cacheSeconds;
    expect([await enter(orders), await enter(certificatePem)]).toEqual(['cert_unmapped', 'allow']);
  });

  test('never goes by the common name', async () => {
    const { done, enter } = certificateGate();
    await done(rule);
    expect(await enter(nameless)).toBe('cert_unmapped');
  });

  test.each([
    'evil.example, DNS:orders.example',
    'orders.example"',
    'orders.example\0.evil.example',
    'orders.example\n',
    'orders.example ',
    'orders.example.',
    '*.example',
  ])('is not met by a name that only looks like it: %j', async (name) => {
    const { done, enter } = certificateGate();
    await done(rule);
    expect(await enter(await withNames(name))).toBe('cert_unmapped');
  });

  test('is met by any name of a certificate, and by the first where several are', async () => {
    const { done, enter, context } = certificateGate();
    await done(rule);
    expect(await enter(await withNames('a.example', 'orders.example'))).toBe('allow');
    expect(await enter(await withNames('orders.example', 'a.example'))).toBe('allow');
    await done({ ...rule, san: 'dns:billing.example', owner: 'billing' });
    const both = await withNames('billing.example', 'orders.example');
    expect(await context(both)).toMatchObject({ sub: 'billing' });
  });

  test('of another issuer for one name does not keep the rule of the next name from it', async () => {
    const { done, enter } = certificateGate();
    const second = await certificateAuthority('Partners');
    await done({ ...rule, san: 'dns:a.example', issuer: second.certificatePem });
    await done(rule);
    expect(await enter(await withNames('a.example', 'orders.example'))).toBe('allow');
  });

  test('is looked for under ten names and no more', async () => {
    const { done, enter } = certificateGate();
    await done(rule);
    const many = (count: number) => Array.from({ length: count }, (_, i) => `n${i}.example`);
    expect(await enter(await withNames(...many(9), 'orders.example'))).toBe('allow');
    expect(await enter(await withNames(...many(10), 'orders.example'))).toBe('cert_unmapped');
  });

  test('that was removed maps nobody: at once on a strict route', async () => {
    const { done, enter } = certificateGate();
    await done(rule);
    expect(await enter(orders)).toBe('allow');
    await done({ command: 'certificates.remove', certificate_id: 'dns:orders.example' });
    expect(await enter(orders, { route: 'GET /strict' })).toBe('cert_unmapped');
  });
});

describe('a revoked certificate', () => {
  test.each([
    ['by issuer and serial number', { issuer: ca, serial: facts(orders).serialNumber }],
    ['by itself', { certificate: orders }],
  ])('%s is refused although a rule maps it; the others of the rule are not', async (_, which) => {
    const { done, enter, clock } = certificateGate();
    await done(rule);
    const sibling = await withNames('orders.example');
    expect([await enter(orders), await enter(sibling)]).toEqual(['allow', 'allow']);
    await done({ command: 'certificates.revoke', ...which });
    expect(await enter(orders, { route: 'GET /strict' })).toBe('cert_revoked');
    clock.seconds += cacheSeconds;
    expect([await enter(orders), await enter(sibling)]).toEqual(['cert_revoked', 'allow']);
  });

  test('by issuer and serial number is refused although it is pinned', async () => {
    const { done, enter, clock } = certificateGate();
    await done(pin);
    const { serialNumber: serial } = facts(orders);
    await done({ command: 'certificates.revoke', issuer: ca, serial });
    clock.seconds += cacheSeconds;
    expect(await enter(orders)).toBe('cert_revoked');
  });

  test('stays revoked when its holder spells the signature in the other way', async () => {
    const { done, enter, clock } = certificateGate();
    await done(rule);
    await done(pin);
    const respelt = otherSpelling(orders);
    expect(facts(respelt).x5tS256).not.toBe(facts(orders).x5tS256);
    expect(facts(respelt).isSignedBy(facts(ca).spki)).toBe(true);
    // The pin is not of these bytes, so this is the rule's.
    expect(await enter(respelt)).toBe('allow');
    await done({ command: 'certificates.revoke', certificate: orders });
    clock.seconds += cacheSeconds;
    expect([await enter(orders), await enter(respelt)]).toEqual(['cert_revoked', 'cert_revoked']);
  });

  test('stays out when its pin is removed, and it cannot be pinned again', async () => {
    const { done, refusal, enter } = certificateGate();
    const { certificate_id } = await done(pin);
    await done({ command: 'certificates.revoke', certificate: orders });
    await done({ command: 'certificates.remove', certificate_id });
    for (const pem of [orders, otherSpelling(orders)]) {
      expect(await refusal({ ...pin, certificate: pem })).toMatch(/^conflict: .*revoked/);
      expect(await enter(pem, { route: 'GET /strict' })).toBe('cert_revoked');
    }
  });

  test('that no record knew stays out of the rule and of the pin that are made later', async () => {
    const { done, refusal, enter } = certificateGate();
    await done({ command: 'certificates.revoke', certificate: orders });
    await done(rule);
    expect(await refusal(pin)).toMatch(/^conflict/);
    for (const pem of [orders, otherSpelling(orders)]) {
      expect(await enter(pem, { route: 'GET /strict' })).toBe('cert_revoked');
    }
  });

  test('by issuer and serial number cannot be pinned, in either spelling, though no rule names its issuer', async () => {
    const { done, refusal, enter } = certificateGate();
    const { serialNumber: serial } = facts(orders);
    await done({ command: 'certificates.revoke', issuer: ca, serial });
    for (const pem of [orders, otherSpelling(orders)]) {
      expect(await refusal({ ...pin, certificate: pem })).toMatch(/^conflict: .*revoked/);
      expect(await enter(pem, { route: 'GET /strict' })).toBe('cert_unmapped');
    }
  });

  test('is refused in the other spelling too, although that one is pinned and enabled', async () => {
    const { done, enter } = certificateGate();
    await done({ ...pin, certificate: otherSpelling(orders) });
    expect(await enter(otherSpelling(orders))).toBe('allow');
    await done({ command: 'certificates.revoke', certificate: orders });
    expect(await enter(otherSpelling(orders), { route: 'GET /strict' })).toBe('cert_revoked');
  });

  test.each([
    ['by itself', { certificate: orders }],
    ['by issuer and serial number', { issuer: ca, serial: facts(orders).serialNumber }],
  ])(
    '%s, while somebody pins it, is never let in afterwards, whoever comes first',
    async (_, which) => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          const pass = () => scheduler.schedule(Promise.resolve(), 'call', undefined, untilAllWait);
          const { ask, enter } = certificateGate({
            certificatePins: oneByOne(memoryRegistry(certificatePinKind), pass),
            certificateRules: memoryRegistry(certificateRuleKind),
            revokedCertificates: oneByOne(memoryRegistry(revokedCertificateKind), pass),
          });
          const revocation = { command: 'certificates.revoke', ...which };
          await scheduler.waitFor(Promise.all([ask(pin), ask(revocation)]));
          const outcome = await scheduler.waitFor(enter(orders, { route: 'GET /strict' }));
          expect(outcome).toMatch(/^cert_(revoked|unmapped)$/);
        }),
      );
    },
  );

  test('of one issuer is not that of another with the same serial number', async () => {
    const { done, enter } = certificateGate();
    const second = await certificateAuthority('Partners');
    await done(rule);
    const { serialNumber: serial } = facts(orders);
    await done({ command: 'certificates.revoke', issuer: second.certificatePem, serial });
    expect(await enter(orders)).toBe('allow');
  });
});

describe('what is no credential, whatever maps it:', () => {
  test('a certificate for servers', async () => {
    const { done, enter } = certificateGate();
    await done(rule);
    const server = await authority.issue({
      commonName: 'x',
      usage: 'server',
      sans: { dns: ['orders.example'] },
    });
    expect(await enter(server.certificatePem)).toBe('wrong_type');
  });

  test('the certificate of an authority', async () => {
    expect(await certificateGate().enter(ca)).toBe('wrong_type');
  });

  test('several certificates in one text', async () => {
    const { done, enter } = certificateGate();
    await done(pin);
    expect(await enter(orders + nameless)).toBe('malformed');
    expect(await enter(nameless + orders)).toBe('malformed');
  });

  test('any text: a refusal, never a fault', async () => {
    const { enter, audit } = certificateGate();
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        expect(await enter(text)).toBe('malformed');
      }),
    );
    expect(audit.filter(({ event }) => event === 'fault')).toEqual([]);
  });

  test('one whose answer the gateway would replay to whoever comes with another', async () => {
    const registries = {
      pins: memoryRegistry(certificatePinKind),
      rules: memoryRegistry(certificateRuleKind),
      revoked: memoryRegistry(revokedCertificateKind),
    };
    const { authenticate } = certificateAuthenticator({ ...registries, issuer, audience });
    const circumstances = {
      now: facts(orders).notBefore,
      sourceIp: undefined,
      isStrict: false,
      revocations: nothingRevoked,
    };
    expect(await authenticate(orders, { ...circumstances, isReplayed: true })).toEqual({
      kind: 'rejected',
      reason: 'binding_mismatch',
    });
    expect(await authenticate(orders, { ...circumstances, isReplayed: false })).toEqual({
      kind: 'rejected',
      reason: 'cert_unmapped',
    });
  });
});

describe('while a store does not answer, nobody is let in and nobody is unknown:', () => {
  test.each(['certificate pin', 'certificate rule', 'revoked certificate'])('%s', async (kind) => {
    const { done, enter, away, audit } = certificateGate();
    await done(rule);
    away.add(kind);
    expect(await enter(orders)).toBe('dependency_unavailable');
    away.clear();
    expect(await enter(orders)).toBe('allow');
    away.add(kind);
    expect(await enter(orders, { route: 'GET /strict' })).toBe('dependency_unavailable');
    expect(JSON.stringify(audit)).not.toContain('canary');
  });

  test('a rule with a key that is none', async () => {
    const certificateRules = memoryRegistry(certificateRuleKind);
    const { done, enter } = certificateGate({
      certificateRules,
      certificatePins: memoryRegistry(certificatePinKind),
      revokedCertificates: memoryRegistry(revokedCertificateKind),
    });
    await done(rule);
    const found = await certificateRules.read('dns:orders.example');
    if (found === undefined) throw new Error('no rule');
    const issuers = [{ spki: 'AAAA', subject: 'CN=Partners' }];
    await certificateRules.replace({ ...found.record, issuers }, found.revision);
    expect(await enter(orders)).toBe('dependency_unavailable');
  });
});

/** Lets go on whose turn it is, and then everybody come to the next call. */
async function untilAllWait(goOn: () => Promise<void>): Promise<void> {
  await goOn();
  for (let turn = 0; turn < 3; turn += 1) await anotherTurn();
}

/** Each call waits until it may go on. */
function oneByOne<T>(registry: Registry<T>, pass: () => Promise<void>): Registry<T> {
  return {
    read: (id) => pass().then(() => registry.read(id)),
    create: (record) => pass().then(() => registry.create(record)),
    replace: (record, revision) => pass().then(() => registry.replace(record, revision)),
    remove: (id) => pass().then(() => registry.remove(id)),
    list: () => pass().then(() => registry.list()),
  };
}
