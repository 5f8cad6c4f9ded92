import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import Provider from 'oidc-provider';
import { type Algorithm, algorithms } from '../../functions/core/tokens/algorithm.ts';
import { httpEvent } from '../../test/support/events/http-endpoint.ts';
import { activeKey } from '../../test/support/ring.ts';
import { type App, honoJose, openAuth } from './apps.ts';
import { type Check, everything, type Member } from './controls.ts';
import { tokenFunction } from './measure.ts';
import { silenceConsole } from './silence-console.ts';
import type { IssuingWorld } from './world.ts';

/** A token server that is measured over HTTP. */
export interface ServerKind {
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  readonly path: string;
  readonly extra: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
  readonly members: readonly Member[];
  /** Of its keys, where they are its own. */
  readonly keysPath?: string;
  /** Answers requests, in a process of its own. */
  readonly listener: (world: IssuingWorld, alg: Algorithm) => Promise<RequestListener>;
}

const usual = { algorithms, path: '/oauth2/token', extra: {}, ...everything };

export const serverKinds: readonly ServerKind[] = [
  { ...usual, name: 'keyward', listener: keyward },
  {
    ...{ ...usual, name: 'keyward, line not written' },
    async listener() {
      process.stdout.write = () => true;
      return keyward();
    },
  },
  {
    ...{ ...usual, name: 'jose on hono' },
    listener: async (world, alg) => onNode(await honoJose(world, alg)),
  },
  { ...usual, name: 'oidc-provider', path: '/token', listener: oidcProvider },
  {
    ...{ name: 'OpenAuth', algorithms: ['ES256'], path: '/token', extra: { provider: 'machine' } },
    ...{ checks: ['secret', 'grant_type'], members: [], keysPath: '/.well-known/jwks.json' },
    listener: async (world) => onNode(openAuth(world)),
  },
];

/** Serves one of them over loopback. @returns the port */
export async function serve(name: string, world: IssuingWorld, alg: Algorithm): Promise<number> {
  const kind = serverKinds.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`no server: ${name}`);
  silenceConsole();
  const server: Server = createServer(await kind.listener(world, alg));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** The bundle as it is deployed, behind as little as turns a request into the event of an HTTP API and its answer back. */
async function keyward(): Promise<RequestListener> {
  const handler = await tokenFunction();
  return async (request, response) => {
    const body = await base64Of(request);
    const { method = '', url = '' } = request;
    const [path = '', query = ''] = url.split('?', 2);
    const headers = request.headers as Record<string, string>;
    const event = httpEvent({ method, path, query, headers, body, isBase64Encoded: true });
    const answer = await handler(event);
    const { statusCode = 200, body: text = '' } = answer;
    const length = { 'content-length': Buffer.byteLength(text) };
    response.writeHead(statusCode, { ...(answer.headers as Record<string, string>), ...length });
    response.end(text);
  };
}

function base64Of(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(Buffer.concat(chunks).toString('base64')));
    request.once('error', reject);
  });
}

function onNode({ app }: App): RequestListener {
  return getRequestListener(app.fetch);
}

/** The client credentials grant alone, for one resource whose tokens are JWTs, on its adapter in memory. */
async function oidcProvider(world: IssuingWorld, alg: Algorithm): Promise<RequestListener> {
  const { issuer, audience, scope, lifetimeSeconds, clients, clientSecret } = world;
  const { kid, private: jwk } = activeKey(alg, world.ring);
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...jwk, kid, alg, use: 'sig' } as unknown as { kty: 'EC' }] },
    clients: [
      {
        ...{ client_id: clients[alg].clientId, client_secret: clientSecret },
        ...{ grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: alg,
        scope: scope.join(' '),
      },
    ],
    scopes: [...scope],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: () => ({
          ...{ scope: scope.join(' '), audience, accessTokenTTL: lifetimeSeconds },
          ...{ accessTokenFormat: 'jwt', jwt: { sign: { alg } } },
        }),
      },
    },
  });
  return provider.callback();
}
