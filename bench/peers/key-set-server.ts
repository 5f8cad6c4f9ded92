import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeySet } from './tokens.ts';

/** A JWK Set over loopback. */
export interface KeySetServer {
  readonly url: string;
  serve(keySet: KeySet): void;
  stop(): void;
}

export async function keySetServer(): Promise<KeySetServer> {
  let body = '{"keys":[]}';
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    serve(keySet) {
      body = JSON.stringify(keySet);
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
