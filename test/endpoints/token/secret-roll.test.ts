import { expect, test } from 'vitest';
import { memoryRegistry } from '../../../functions/adapters/memory/registry.ts';
import { admin } from '../../../functions/admin/admin.ts';
import type { AdminCommand } from '../../../functions/admin/commands.ts';
import type { RolledSecretView } from '../../../functions/admin/views.ts';
import { clientKind } from '../../../functions/core/clients/client-record.ts';
import { adminPorts } from '../../support/admin-ports.ts';
import { basic, clientCredentials, ordersClient, secret, world } from '../../support/world.ts';

const client_id = ordersClient.clientId;
const roll = { command: 'clients.secrets.roll', client_id } as const;

/** Operators and the token endpoint over one table. */
function deployment() {
  const clients = memoryRegistry(clientKind, [ordersClient]);
  const { token, clock, audit } = world({ store: clients });
  const run = admin(adminPorts({ clients, clock: { now: () => clock.seconds } }));
  return {
    ...{ clock, audit },
    async operator(command: AdminCommand): Promise<RolledSecretView> {
      const answer = await run(command, 'r1');
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.result as RolledSecretView;
    },
    /** What each of these secrets is answered, by either method. */
    async statuses(...secrets: readonly string[]): Promise<readonly unknown[]> {
      const body = (client_secret: string) => ({ ...clientCredentials, client_id, client_secret });
      const asked = secrets.map(async (one) => {
        const inHeader = token({ headers: basic(client_id, one), body: clientCredentials });
        const [header, form] = await Promise.all([inHeader, token({ body: body(one) })]);
        expect(form.status).toBe(header.status);
        return header.status;
      });
      return Promise.all(asked);
    },
  };
}

test.each([0, 1, 60, 2_592_000])(
  'of a roll with %i seconds of grace both secrets authenticate, and the old one ends to the second (RFC 6749 §2.3.1)',
  async (grace) => {
    const { operator, statuses, clock, audit } = deployment();
    const end = clock.seconds + grace;
    const { client_secret } = await operator({ ...roll, grace });
    const answers = [];
    for (const seconds of [end - 1, end, end + 1]) {
      clock.seconds = seconds;
      answers.push(await statuses(secret, client_secret));
    }
    expect(answers).toEqual([
      [200, 200],
      [401, 200],
      [401, 200],
    ]);
    const refusals = audit.filter(({ event }) => event === 'token_refused');
    expect(new Set(refusals.map((one) => Reflect.get(one, 'reason')))).toEqual(
      new Set(['secret_expired']),
    );
  },
);

test('of three secrets in a row never more than two authenticate, and the client never goes without', async () => {
  const { operator, statuses, clock } = deployment();
  const second = (await operator({ ...roll, grace: 60 })).client_secret;
  clock.seconds += 60;
  const third = (await operator({ ...roll, grace: 60 })).client_secret;
  expect(await statuses(secret, second, third)).toEqual([401, 200, 200]);
  clock.seconds += 60;
  expect(await statuses(secret, second, third)).toEqual([401, 401, 200]);
});

test('a secret that expires before its grace is over is refused from then on', async () => {
  const { operator, statuses, clock } = deployment();
  const first = await operator({ ...roll, grace: 0, expires_in: 30 });
  const second = await operator({ ...roll, grace: 60, expires_in: 90 });
  clock.seconds += 30;
  expect(await statuses(first.client_secret, second.client_secret)).toEqual([401, 200]);
});
