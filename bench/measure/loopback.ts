import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { newAuthority } from '../../local/tls/certificate-authority.ts';

/** What a server shows, as PEM, and who vouches for it. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
  readonly authority: string;
}

/** Whoever answers on loopback instead of a service. */
export interface Loopback {
  readonly url: string;
  stop(): void;
}

/** Serves over https for whoever has an identity, else over http. */
export async function loopback(
  listener: RequestListener,
  identity?: ServerIdentity,
): Promise<Loopback> {
  const server =
    identity === undefined ? createServer(listener) : createTlsServer({ ...identity }, listener);
  // Whoever waits for its turn keeps its connection.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A P-256 certificate for loopback, by an authority of its own. */
export async function serverIdentity(): Promise<ServerIdentity> {
  const { certificatePem: authority, issue } = await newAuthority('Bench CA');
  const { certificatePem: cert, privateKeyPem: key } = await issue({
    ...{ commonName: 'loopback', usage: 'server' },
    sans: { ip: ['127.0.0.1'] },
  });
  return { key, cert, authority };
}
