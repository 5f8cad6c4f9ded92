import { type Client, type ClientSecret, livingSecrets } from '../core/clients/client.ts';
import { type MintedSecret, mintClientSecret } from '../core/clients/client-secret.ts';
import { endOfCredential } from '../core/credentials/credential-end.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { noSuchClient } from './edit-client.ts';
import { editRecord } from './edit-record.ts';
import { type AdminError, conflict } from './verb.ts';

export interface SecretRoll {
  readonly clientId: string;
  readonly now: number;
  /** Epoch seconds until which the old secret works as well. */
  readonly graceUntil: number;
  /** When the new secret expires; absent: when the old one would have. */
  readonly expiresAt: number | undefined;
}

export interface SecretRollPorts {
  readonly clients: Registry<Client>;
  readonly randomness: Randomness;
}

export interface RolledSecret {
  readonly client: Client;
  readonly old: ClientSecret;
  readonly successor: MintedSecret;
}

/**
 * Puts a new secret in the place of the one that works, in one write of the client. The old one goes on working until the
 * grace is over, and never for longer than it would have. A client of which two secrets work is refused, whatever the grace:
 * which of them is used, and which was perhaps never handed over, is known to its operator alone. Of two who roll at once
 * one is refused, or the other's new secret would end unseen.
 */
export async function rollClientSecret(
  { clients, randomness }: SecretRollPorts,
  { clientId, now, graceUntil, expiresAt }: SecretRoll,
): Promise<Result<RolledSecret, AdminError>> {
  const { secret, record: minted } = mintClientSecret(randomness, now, expiresAt);
  let rolledId: string | undefined;
  const edited = await editRecord(clients, clientId, replaceSecret, {
    brokenRule: () => undefined,
    missing: noSuchClient,
  });
  if (!edited.ok) return edited;
  const [old, record] = edited.value.secrets;
  if (old === undefined || record === undefined) throw new Error('a roll leaves two secrets');
  return ok({ client: edited.value, old, successor: { secret, record } });

  function replaceSecret(client: Client): Result<Client, AdminError> {
    const found = secretInUse(client, now);
    if (!found.ok) return found;
    const inUse = found.value;
    rolledId ??= inUse.id;
    if (rolledId !== inUse.id) {
      return conflict('the secret was replaced just now: look at the client before another roll');
    }
    const inherited = inUse.expiresAt === undefined ? {} : { expiresAt: inUse.expiresAt };
    const secrets = [
      { ...inUse, graceUntil: Math.min(inUse.graceUntil ?? graceUntil, graceUntil) },
      { ...inherited, ...minted },
    ];
    return ok({ ...client, secrets, updatedAt: now });
  }
}

/** The one secret that works, or why a roll would not know what to replace. */
function secretInUse(client: Client, now: number): Result<ClientSecret, AdminError> {
  const [older, younger] = livingSecrets(client, now);
  if (older === undefined) return conflict('no secret of the client works any more: add one');
  if (younger === undefined) return ok(older);
  const end = endOfCredential(older);
  const left = end === undefined ? 'until it is revoked' : `for ${end - now} seconds more`;
  return conflict(
    `the client has two secrets: revoke ${older.id}, which works ${left}, once nobody uses it; or ${younger.id}, if it was never handed over`,
  );
}
