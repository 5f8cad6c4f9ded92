import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import type { DemoWorld } from '../../support/demo-world.ts';
import { newApiKey, newClient, newUser, unique } from '../../support/operator.ts';
import { apiKey, basic, bearer, type Presented } from '../../support/presented.ts';
import { until } from '../../support/until.ts';

/** Somebody who is let in, until somebody revokes what it comes with. */
export interface Victim {
  readonly name: string;
  readonly path: string;
  readonly headers: Presented;
  /** What the revocation needs to know. */
  readonly id: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** One way to take access away. */
export interface Level {
  readonly name: string;
  readonly make: () => Promise<Victim>;
  /** Answered once it is done. */
  readonly revoke: (victim: Victim) => Promise<void>;
  /** What is revoked is shared, so that trials must follow one another, and others have to keep away. */
  readonly isOneByOne?: boolean;
  /** A record is kept in memory once its making is over a minute ago: victims are made at the very beginning. */
  readonly isKept?: boolean;
  /** Between two uses. Where nothing is replayed each of them is a decision. @default 400 */
  readonly everyMilliseconds?: number;
}

const scope = ['orders:read', 'reports:read'];

export async function levels(world: DemoWorld): Promise<readonly Level[]> {
  const client = await newClient(world, scope);
  const revoked = new Set<string>();
  const admin = async (command: Readonly<Record<string, unknown>>) => {
    await world.admin(command);
  };
  const victim = (name: string, id: string, headers: Presented, path = '/orders'): Victim => ({
    ...{ name, id, headers, path },
  });

  return [
    {
      name: 'token, by its client at the revocation endpoint',
      async make() {
        const token = await world.token(undefined, client);
        return victim('a token', token, bearer(token));
      },
      async revoke({ id }) {
        const pair = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
        const response = await fetch(`${world.issuer}/oauth2/revoke`, {
          method: 'POST',
          headers: { authorization: `Basic ${pair}` },
          body: new URLSearchParams({ token: id }),
        });
        if (response.status !== 200) throw new Error(`not revoked: ${response.status}`);
      },
    },
    {
      name: 'grant, by an operator',
      async make() {
        const gid = unique('grant');
        return victim('a grant', gid, bearer(await signed(world, { gid })));
      },
      revoke: ({ id }) => admin({ command: 'revocations.add', level: 'grant', id }),
    },
    {
      name: 'client that is switched off',
      async make() {
        const own = await newClient(world, scope);
        return victim('a client', own.clientId, bearer(await world.token(undefined, own)));
      },
      revoke: ({ id }) => admin({ command: 'clients.disable', client_id: id }),
    },
    {
      name: 'subject, by an operator',
      async make() {
        const sub = unique('subject');
        return victim('a subject', sub, bearer(await signed(world, { sub })));
      },
      revoke: ({ id }) => admin({ command: 'revocations.add', level: 'subject', id }),
    },
    {
      name: 'API key that is switched off',
      isKept: true,
      async make() {
        const { key, keyId } = await newApiKey(world, { scope });
        return victim('an API key', keyId, apiKey(key));
      },
      revoke: ({ id }) => admin({ command: 'api-keys.disable', key_id: id }),
    },
    {
      name: 'user that is switched off',
      isKept: true,
      everyMilliseconds: 1_500,
      async make() {
        const user = await newUser(world, { scope });
        return victim('a user', user.username, basic(user), '/reports/monthly');
      },
      revoke: ({ id }) => admin({ command: 'users.disable', username: id }),
    },
    {
      name: 'signing key, by an operator',
      isOneByOne: true,
      async make() {
        // An issuer that has not looked at the log yet signs on for a moment with what is dead.
        const token = await until(
          () => world.token(undefined, client),
          (issued) => !revoked.has(kidOf(issued)),
        );
        return victim('a signing key', kidOf(token), bearer(token));
      },
      async revoke({ id }) {
        revoked.add(id);
        await world.revokeKey(id);
      },
    },
  ];
}

function kidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
}

/** A token with claims that no grant gives yet, signed as only the account's owner could. */
async function signed(world: DemoWorld, claims: object): Promise<string> {
  const { keys } = await world.ring();
  const key = keys.find(({ alg, state }) => alg === 'ES256' && state === 'active');
  const now = Math.floor(Date.now() / 1_000);
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = [
    encoded({ alg: 'ES256', typ: 'at+jwt', kid: key?.kid }),
    encoded({
      ...{ iss: world.issuer, sub: 'ann', client_id: 'app', aud: 'https://orders.example.com' },
      ...{ iat: now, exp: now + 900, jti: unique('jti'), scope: scope.join(' ') },
      ...claims,
    }),
  ].join('.');
  const format = 'jwk' as const;
  const privateKey = createPrivateKey({ key: key?.private as JsonWebKey, format });
  const signature = sign('sha256', Buffer.from(input), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}
