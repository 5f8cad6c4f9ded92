import { timingSafeEqual } from 'node:crypto';
import { issuer } from '@openauthjs/openauth';
import { MemoryStorage } from '@openauthjs/openauth/storage/memory';
import { createSubjects } from '@openauthjs/openauth/subject';
import { Hono } from 'hono';
import type { JSONWebKeySet } from 'jose';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { activeKey } from '../../test/support/ring.ts';
import { type Check, everything, keySetOf, type Member } from './controls.ts';
import { noStore, peerEndpoint } from './peer-endpoint.ts';
import { signingLibraries } from './signing-libraries.ts';
import type { IssuingWorld } from './world.ts';

/** A token endpoint on hono: over a socket or behind a gateway, as its adapters have it. */
export interface App {
  readonly app: Pick<Hono, 'fetch' | 'request'>;
  readonly path: string;
  /** What it wants in the form beside the usual. */
  readonly extra: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
  readonly members: readonly Member[];
  readonly keySet: () => Promise<JSONWebKeySet>;
}

/** hono, and jose to sign with. */
export async function honoJose(world: IssuingWorld, alg: Algorithm): Promise<App> {
  const library = signingLibraries.jose;
  if (library === undefined) throw new Error('no jose');
  const endpoint = peerEndpoint(world, alg, await library(activeKey(alg, world.ring)));
  const path = '/oauth2/token';
  const app = new Hono().post(path, async (context) => {
    const form = await context.req.parseBody();
    const { status, body } = await endpoint((name) => form[name]);
    return new Response(body, { status, headers: noStore });
  });
  return { app, path, extra: {}, ...everything, keySet: async () => keySetOf(world) };
}

/**
 * OpenAuth: its own ES256 key, neither scope nor `jti` in the token, `typ` JWT, the client as audience, a refresh token stored
 * for each. It is spared the SHA-1 by which it makes subjects where none is given.
 */
export function openAuth({ clients, clientSecret, lifetimeSeconds }: IssuingWorld): App {
  const { clientId } = clients.ES256;
  const expected = Buffer.from(clientSecret);
  const app = issuer({
    storage: MemoryStorage(),
    subjects: createSubjects({ client: anything }),
    ttl: { access: lifetimeSeconds },
    providers: {
      machine: {
        type: 'machine',
        init() {},
        async client(presented: { readonly clientID: string; readonly clientSecret: string }) {
          const secret = Buffer.from(presented.clientSecret);
          const isRight = secret.length === expected.length && timingSafeEqual(secret, expected);
          if (!isRight || presented.clientID !== clientId) throw new Error('invalid client');
          return { clientID: presented.clientID };
        },
      },
    },
    success: (context, { clientID }) =>
      context.subject('client', { clientID }, { subject: clientID }),
  });
  return {
    ...{ app, path: '/token', extra: { provider: 'machine' } },
    checks: ['secret', 'grant_type'],
    members: [],
    async keySet() {
      const answer = await app.request('/.well-known/jwks.json');
      return (await answer.json()) as JSONWebKeySet;
    },
  };
}

/** A schema of the standard that OpenAuth asks for. It is not consulted when tokens are made. */
const anything = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value: unknown) => ({ value: value as { clientID: string } }),
  },
} as const;
