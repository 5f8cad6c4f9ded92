import { ask, type Reply } from './ask.ts';
import type { ClientCredentials, DemoWorld } from './demo-world.ts';
import { basic } from './presented.ts';

/**
 * Sends a form to an endpoint of the issuer, in a client's name.
 *
 * @param client @default the world's own
 */
export function askAsClient(
  world: DemoWorld,
  path: string,
  form: Readonly<Record<string, string>>,
  { clientId, clientSecret }: ClientCredentials = world,
): Promise<Reply> {
  return ask(world.issuer, path, {
    method: 'POST',
    headers: [
      ...['content-type', 'application/x-www-form-urlencoded'],
      ...basic({ username: clientId, password: clientSecret }),
    ],
    body: new URLSearchParams({ ...form }).toString(),
  });
}
