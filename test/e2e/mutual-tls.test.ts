import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CertificateAuthority } from '../../local/tls/certificate-authority.ts';
import { type Asked, ask, type Reply } from '../support/ask.ts';
import { askedAuthorizers } from '../support/asked-authorizers.ts';
import { certificateAuthority, expired, type TestCertificate } from '../support/certificates.ts';
import { decisionOf } from '../support/decision-of.ts';
import { type DemoWorld, demoWorld, partnersDomain } from '../support/demo-world.ts';
import { askPartners, partnersAuthority } from '../support/partners.ts';
import { printedBounds } from '../support/printed-bounds.ts';
import { until } from '../support/until.ts';

const scope = ['orders:read'];

let world: DemoWorld;
let authority: CertificateAuthority;
let asked: ReturnType<typeof askedAuthorizers>;

beforeAll(async () => {
  world = await demoWorld(partnersDomain);
  authority = await partnersAuthority(world);
  asked = askedAuthorizers(world);
}, 60_000);
afterAll(() => world.stop());

const issue = (order: TestCertificate) => authority.issue({ usage: 'client', ...order });

type Issued = Awaited<ReturnType<typeof issue>>;

const enter = (certificate: Issued | undefined, asked?: Asked) =>
  askPartners(world, '/partners/me', certificate, asked);

const pin = (certificate: Issued, members: object = {}) =>
  world.admin({
    ...{ command: 'certificates.add', certificate: certificate.certificatePem, scope, ...members },
  });

/** `x5t#S256` (RFC 8705 §3.1). */
function thumbprint({ certificatePem }: Issued): string {
  const hex = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '');
  return Buffer.from(hex, 'hex').toString('base64url');
}

describe('a certificate of the partners’ authority', () => {
  test('is the principal that an operator pinned it to, named by its thumbprint', async () => {
    const certificate = await issue({ commonName: 'partner' });
    await pin(certificate, { owner: 'partner-a' });
    const { status, json } = await enter(certificate);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ scheme: 'certificate', issuer: world.issuer, scope },
      ...{ subject: 'partner-a', clientId: 'partner-a', credentialId: thumbprint(certificate) },
    });
  });

  test('is nobody while it is not pinned, were it of the same name as one that is', async () => {
    const [pinned, namesake] = await Promise.all([
      issue({ commonName: 'twin' }),
      issue({ commonName: 'twin' }),
    ]);
    await pin(pinned);
    expect((await enter(pinned)).status).toBe(200);
    const refused = await enter(namesake);
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBeDefined();
    expect((await decisionOf(world, refused)).reason).toBe('cert_unmapped');
  });

  test('is whom the rule for one of its names says, and nobody under another name', async () => {
    await world.admin({
      ...{ command: 'certificates.add', issuer: authority.certificatePem, scope },
      ...{ san: 'uri:spiffe://partners/robot', owner: 'robots' },
    });
    const named = await issue({ commonName: 'x', sans: { uri: ['spiffe://partners/robot'] } });
    expect(await enter(named)).toMatchObject({ status: 200, json: { subject: 'robots' } });
    for (const certificate of [
      await issue({ commonName: 'x', sans: { uri: ['spiffe://partners/robot2'] } }),
      await issue({ commonName: 'x', sans: { dns: ['partners'] } }),
      await issue({ commonName: 'spiffe://partners/robot' }),
    ]) {
      expect((await enter(certificate)).status).toBe(401);
    }
  });

  test('from another address than the pin allows is refused', async () => {
    const [near, far] = await Promise.all([
      issue({ commonName: 'near' }),
      issue({ commonName: 'far' }),
    ]);
    await pin(near, { addresses: ['127.0.0.0/8'] });
    await pin(far, { addresses: ['192.0.2.0/24'] });
    expect((await enter(near)).status).toBe(200);
    expect((await enter(far)).status).toBe(403);
  });
});

describe('the handshake ends, and no function is asked', () => {
  test.each([
    ['without a certificate', 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', async () => undefined],
    [
      'for a certificate that has expired',
      'CERT_HAS_EXPIRED',
      () => issue({ commonName: 'partner', ...expired() }),
    ],
    [
      'for a certificate of a foreign authority',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      async () => (await certificateAuthority('Somebody Else')).issue({ commonName: 'partner' }),
    ],
    [
      'for a certificate of a second authority with the same name',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      async () => (await certificateAuthority(nameOfAuthority())).issue({ commonName: 'partner' }),
    ],
    [
      'for a certificate that is for servers',
      'INVALID_PURPOSE',
      () => issue({ commonName: 'partner', usage: 'server' }),
    ],
  ])('%s', async (_, problem, certificate) => {
    const presented = await certificate();
    const before = asked().length;
    const failures = () =>
      world.logged.filter(({ line }) => line.includes(`handshake failed: ${problem}`)).length;
    const failed = failures();
    await expect(enter(presented)).rejects.toThrow();
    await expect.poll(failures, { timeout: 5_000 }).toBe(failed + 1);
    expect(asked()).toHaveLength(before);
  });

  function nameOfAuthority(): string {
    return new X509Certificate(authority.certificatePem).subject.replace(/^CN=/, '');
  }
});

describe('a certificate that is withdrawn is refused within the bound that the deployment prints', () => {
  /** A certificate that was let in, is withdrawn, and how its use ends then. */
  async function refusalAfter(certificate: Issued, command: object): Promise<string> {
    expect((await enter(certificate)).status).toBe(200);
    await world.admin({ ...command });
    const reply: Reply = await until(
      () => enter(certificate),
      ({ status }) => status !== 200,
      { timeoutSeconds: printedBounds(world.assembly)('rest', 'GET /partners/me') },
    );
    return `${reply.status} ${(await decisionOf(world, reply)).reason}`;
  }

  test('revoked by itself, pinned as it is', async () => {
    const certificate = await issue({ commonName: 'partner' });
    await pin(certificate);
    const command = {
      command: 'certificates.revoke',
      certificate: certificate.certificatePem,
    };
    expect(await refusalAfter(certificate, command)).toBe('401 cert_revoked');
  });

  test('revoked by its serial number, while the rule lets its siblings in', async () => {
    const san = 'dns:fleet.partners.example';
    const issuer = authority.certificatePem;
    await world.admin({ command: 'certificates.add', issuer, san, scope });
    const order = { commonName: 'car', sans: { dns: ['fleet.partners.example'] } };
    const [lost, sibling] = await Promise.all([issue(order), issue(order)]);
    const serial = new X509Certificate(lost.certificatePem).serialNumber;
    const command = { command: 'certificates.revoke', issuer, serial };
    expect(await refusalAfter(lost, command)).toBe('401 cert_revoked');
    expect((await enter(sibling)).status).toBe(200);
  });

  test('its pin removed', async () => {
    const certificate = await issue({ commonName: 'partner' });
    const { certificate_id } = await pin(certificate);
    const command = { command: 'certificates.remove', certificate_id };
    expect(await refusalAfter(certificate, command)).toBe('401 cert_unmapped');
  });
});

describe('there is no way around the handshake', () => {
  test('the default endpoint of the partners’ API is closed, for open routes too', async () => {
    const api = world.hosted.apis.find(({ logicalId }) => logicalId.startsWith('OrdersPartners'));
    for (const path of ['/partners/me', '/whoami', '/healthz', '/prod/healthz']) {
      const { status, json } = await ask(api?.url ?? '', path);
      expect([path, status, json]).toEqual([path, 403, { message: 'Forbidden' }]);
    }
  });

  test('where nobody asks for a certificate, a header that shows one is nobody’s', async () => {
    const certificate = await issue({ commonName: 'partner' });
    await pin(certificate);
    const pem = encodeURIComponent(certificate.certificatePem);
    const claims = [
      ...['x-amzn-mtls-clientcert', pem, 'x-amzn-mtls-clientcert-leaf', pem],
      ...['x-forwarded-client-cert', `Cert="${pem}"`, 'x-client-cert', pem],
      ...['cloudfront-viewer-cert-pem', pem],
    ];
    for (const headers of [[], claims]) {
      expect((await ask(world.restApi, '/partners/me', { headers })).status).toBe(401);
      expect((await ask(world.httpApi, '/partners/me', { headers })).status).toBe(403);
    }
    // On the domain it is the handshake that counts.
    const unpinned = await issue({ commonName: 'somebody' });
    expect((await enter(unpinned, { headers: claims })).status).toBe(401);
  });
});

test('the run used no permission that a role does not have', () => {
  expect(world.hosted.endpoint.report().refused).toEqual([]);
});
