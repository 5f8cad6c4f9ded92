import { type Loopback, loopback, type ServerIdentity } from '../measure/loopback.ts';
import type { KeySet } from './tokens.ts';

/** A JWK Set over loopback. */
export interface KeySetServer extends Loopback {
  serve(keySet: KeySet): void;
}

export async function keySetServer(identity?: ServerIdentity): Promise<KeySetServer> {
  let body = '{"keys":[]}';
  const { url, stop } = await loopback((_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  }, identity);
  return {
    url: `${url}/jwks.json`,
    serve(keySet) {
      body = JSON.stringify(keySet);
    },
    stop,
  };
}
