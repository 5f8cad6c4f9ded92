import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { mintClientSecret } from '../../functions/core/clients/client-secret.ts';
import { apiKeyIdIn, mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { mintPassword } from '../../functions/core/credentials/mint-password.ts';
import { adminPorts } from '../support/admin-ports.ts';
import { certificateAuthority } from '../support/certificates.ts';

type Command = Readonly<Record<string, unknown>> & { readonly command: string };

const authority = await certificateAuthority();
const issuer = authority.certificatePem;
const { certificatePem: certificate } = await authority.issue({ commonName: 'Orders' });
const { key } = mintApiKey(systemRandomness, { prefix: 'kw', environment: 'live' });
const { key: foreignKey } = mintApiKey(systemRandomness, { prefix: 'acme', environment: 'test' });
const { secret } = mintClientSecret(systemRandomness, 1_000);
const { password } = mintPassword(systemRandomness);
const half = secret.length - 20;

/** What operators have at hand, and may put in the wrong place: whole, or not all of it. */
const secrets: readonly (readonly [string, string])[] = [
  ['an API key', key],
  ['an API key of another deployment', foreignKey],
  ['an API key without its end', key.slice(0, -7)],
  ['an API key without its start', key.slice(key.lastIndexOf('_') + 1)],
  ['a client secret', secret],
  ['a client secret without its end', secret.slice(0, half)],
  ['a drawn password', password],
  ['a drawn password behind something', `password:${password}`],
];

/** An operator's desk over empty stores, and the lines that it leaves. */
function office() {
  const lines: AuditEvent[] = [];
  const run = admin(adminPorts({ audit: { write: (event) => lines.push(event) } }));
  const ask = (command: object) => run(command, 'r1');
  return { ask, lines };
}

/** The commands that there are, as the function itself names them. */
async function commandNames(): Promise<readonly string[]> {
  const answer = await office().ask({});
  return answer.ok ? [] : (answer.error.message.split(': ')[1]?.split(', ') ?? []);
}

/** The members that a command may have, in the same way. */
async function membersOf(command: string): Promise<readonly string[]> {
  const answer = await office().ask({ command, nonsense: 1 });
  const [, members = ''] = answer.ok ? [] : answer.error.message.split('it has: ');
  return members === '' ? [] : members.split(', ');
}

/** What makes a command complete, so that it is refused for nothing but the member in question, or carried out. */
const complete: Readonly<Record<string, object>> = {
  'clients.create': { name: 'Orders' },
  'clients.secrets.revoke': { client_id: 'orders', secret_id: 's1' },
  'api-keys.create': { name: 'Nightly report' },
  'users.create': { username: 'alice' },
  'users.set-password': { username: 'alice' },
  'certificates.add': { certificate },
  'certificates.issuers.add': { certificate_id: 'dns:orders.example', issuer },
  'certificates.issuers.remove': { certificate_id: 'dns:orders.example', issuer },
  'certificates.revoke': { certificate },
  'revocations.add': { level: 'subject', id: 'alice', reason: 'she has left' },
};

const names = await commandNames();

describe('a line about a command', () => {
  test('is written for every command that there is', () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(complete)));
    expect(names).toEqual(expect.arrayContaining(['keys.list', 'api-keys.disable']));
  });

  test.each(secrets)(
    'never holds %s, whichever member it was put in',
    { timeout: 30_000 },
    async (_, canary) => {
      const { ask, lines } = office();
      const commands: Command[] = [{ command: canary }];
      for (const command of names) {
        for (const member of await membersOf(command)) {
          for (const value of [canary, [canary], { [canary]: canary }]) {
            commands.push({ command, [member]: value });
            commands.push({ ...complete[command], command, [member]: value });
          }
        }
        commands.push({ command, [canary]: canary }, { ...complete[command], command });
      }
      for (const command of commands) await ask(command);
      expect(lines).toHaveLength(commands.length);
      const text = JSON.stringify(lines);
      for (let at = 0; at + 12 <= canary.length; at += 1) {
        const part = canary.slice(at, at + 12);
        // The id of a key is public.
        if (part !== apiKeyIdIn(canary)) expect(text).not.toContain(part);
      }
    },
  );

  test('of a secret in the place of an id has a digest, which tells whoever has it that it was this one', async () => {
    const { ask, lines } = office();
    await ask({ command: 'api-keys.disable', key_id: key });
    await ask({ command: 'users.create', username: password });
    expect(lines).toMatchObject(
      [key, password].map((canary) => ({
        subject: `sha256:${hash('sha256', canary, 'hex').slice(0, 16)}`,
      })),
    );
  });

  test('of what is no id and no secret of ours says nothing: a password that was thought of could be guessed', async () => {
    const { ask, lines } = office();
    for (const text of ['correct horse', 'Kennwört', 'hunter2!', '1KeywardDem0']) {
      await ask({ command: 'clients.disable', client_id: `${text} ` });
      await ask({ command: 'api-keys.disable', key_id: text });
      await ask({ command: 'users.disable', username: `${text} ` });
      await ask({ command: 'certificates.remove', certificate_id: text });
      await ask({ command: 'certificates.revoke', serial: `${text} ` });
    }
    expect(lines.filter((line) => 'subject' in line)).toEqual([]);
  });

  test('that was refused names whom it was about, by every kind of id', async () => {
    const { ask, lines } = office();
    const thumbprint = 'A-_'.repeat(14).concat('x');
    const ids = [
      ['clients.disable', 'client_id', 'orders'],
      ['api-keys.disable', 'key_id', '1KeywardDemo'],
      ['users.disable', 'username', 'alice.smith+x@example.com'],
      ['certificates.remove', 'certificate_id', 'dns:orders.example'],
      ['certificates.remove', 'certificate_id', thumbprint],
      ['certificates.revoke', 'serial', '0A1F'],
    ] as const;
    for (const [command, member, id] of ids) await ask({ command, [member]: id });
    expect(lines).toMatchObject(ids.map(([command, , subject]) => ({ command, subject })));
  });
});
