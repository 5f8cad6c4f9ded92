import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admin } from '../../functions/admin/admin.ts';
import { adminPorts } from '../support/admin-ports.ts';
import { certificateAuthority } from '../support/certificates.ts';

const authority = await certificateAuthority();
const issuer = authority.certificatePem;
const { certificatePem: certificate } = await authority.issue({ commonName: 'orders' });

type Answered = Readonly<Record<string, string>>;

/** An operator's desk over empty stores. */
function office(): (command: object) => Promise<Answered> {
  const run = admin(adminPorts());
  return async (command) => {
    const answer = await run(command, 'r1');
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer.result as Answered;
  };
}

/** What can be a client_id: in a token of ours it is `sub` and `client_id`. */
const clientIdPattern = /^[A-Za-z0-9_.~-]{1,128}$/;

describe('a credential that nobody gave an owner', () => {
  test('stands for itself and names its kind: no caller of another kind is the same to a backend', async () => {
    const done = office();
    const add = { command: 'certificates.add' };
    const user = await done({ command: 'users.create', username: 'orders' });
    const key = await done({ command: 'api-keys.create', name: 'orders' });
    const pin = await done({ ...add, name: 'orders', certificate });
    const rule = await done({ ...add, issuer, san: 'dns:orders' });
    const client = await done({ command: 'clients.create', client_id: 'orders', name: 'orders' });
    const owners = [user, key, pin, rule].map(({ owner }) => owner);
    expect(owners).toEqual([
      'user:orders',
      `apikey:${key.key_id}`,
      `certificate:${pin.certificate_id}`,
      'certificate:dns:orders',
    ]);
    expect(client.client_id).toMatch(clientIdPattern);
    for (const owner of owners) expect(owner).not.toMatch(clientIdPattern);
  });

  test('has an owner whatever its name: a digest stands for what no owner may hold', async () => {
    const done = office();
    const create = { command: 'users.create' };
    for (const username of ['José', 'Ann Smith', 'x'.repeat(256)]) {
      const { owner } = await done({ ...create, username });
      expect(owner).toMatch(/^user:sha256:[\w-]{43}$/);
    }
    const san = 'uri:spiffe://example/orders?a=b';
    const { owner } = await done({ command: 'certificates.add', issuer, san });
    expect(owner).toMatch(/^certificate:sha256:[\w-]{43}$/);
  });

  test('shares it with nobody', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((text) => text.normalize('NFC'))
      .filter((text) => !/[\p{C}\p{Zl}\p{Zp}:]/u.test(text));
    const names = fc.uniqueArray(name, { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(names, async (usernames) => {
        const done = office();
        const owners = new Set<string | undefined>();
        for (const username of usernames) {
          owners.add((await done({ command: 'users.create', username })).owner);
        }
        expect(owners.size).toBe(usernames.length);
      }),
    );
  });

  test('gets whatever an operator says, an OAuth client on purpose included', async () => {
    const done = office();
    const { owner } = await done({ command: 'users.create', username: 'a', owner: 'orders' });
    expect(owner).toBe('orders');
  });
});
