import type { KeyRing } from '../../functions/core/keys/key-ring.ts';
import { parseRing } from '../../functions/core/keys/parse-ring.ts';
import type { HostedWorld } from '../../local/host.ts';

/** The ring of a hosted deployment, private keys included, as the account's owner can read it. */
export function ringOf({ secrets, parameters }: HostedWorld): KeyRing {
  const SecretId = parameters.get('/keyward/default/v1/ring-arn');
  const { SecretString } = secrets.call('GetSecretValue', { SecretId });
  const parsed = parseRing(String(SecretString));
  if (parsed.kind !== 'ring') throw new Error(`no ring but ${parsed.kind}`);
  return parsed.ring;
}
