import type { FaultEvent } from '../core/audit.ts';
import type { Connection } from '../core/connections/connection.ts';
import {
  connectionKeepSeconds,
  connectionsRunSeconds,
  handshakeSeconds,
} from '../core/durations.ts';
import { faultOf } from '../core/fault.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ConnectionCloser, OpenConnections } from '../core/ports/connections.ts';
import type { RevocationFollower } from '../core/revocation/follow-revocations.ts';
import { available } from '../core/unavailable.ts';
import { type ConnectionJudge, connectionJudge, type JudgingPorts } from './judge-connection.ts';
import { severalAtOnce } from './several-at-once.ts';

export interface CloserPorts extends Pick<JudgingPorts, 'keys' | 'users'> {
  readonly connections: OpenConnections;
  readonly gateway: ConnectionCloser;
  readonly revocations: RevocationFollower;
  readonly clock: Clock;
  readonly audit: AuditLog;
}

const atOnce = 20;

/**
 * One look at all connections of a stage, which closes each whose credential was revoked, withdrawn, or has expired. A
 * connection of which that cannot be told stays open, and one line says that there is such a one; so it is when there are
 * more than one look can close; the next one in this environment begins where it stopped, so that nothing hides for good
 * behind connections that stay open. Never throws.
 */
export function revokedConnectionsCloser(ports: CloserPorts): () => Promise<void> {
  const { connections, gateway, revocations, clock, audit } = ports;
  /** Behind which connection the last look stopped; absent: it has seen all. */
  let stoppedAt: string | undefined;

  return async () => {
    const now = clock.now();
    let failure: Pick<FaultEvent, 'fault' | 'cause' | 'code'> | undefined;
    let isCut = false;
    const isOver = () => clock.now() - now >= connectionsRunSeconds;
    // Begun once: whoever needs the log waits for the same read, or learns that it failed.
    const log = revocations.current(now, true);
    const judge = connectionJudge({ ...ports, revocations: () => log }, now);
    const pages = everyPage(async (connection) => {
      if (isOver()) isCut = true;
      else await look(connection, judge, now).catch(failed);
    });
    await Promise.all([log.catch(failed), pages.catch(failed)]);
    if (isCut) failure ??= { fault: 'more connections than one look can close' };
    if (failure !== undefined) audit.write({ event: 'fault', where: 'connections', ...failure });

    async function everyPage(each: (connection: Connection) => Promise<void>): Promise<void> {
      const isSequel = stoppedAt !== undefined;
      await pagesFrom(stoppedAt, each);
      if (isSequel && !isCut) await pagesFrom(undefined, each);
    }

    async function pagesFrom(
      first: string | undefined,
      each: (connection: Connection) => Promise<void>,
    ): Promise<void> {
      let after = first;
      do {
        stoppedAt = after;
        const page = await available('the Connections table', () => connections.page(after));
        if (page.unreadable > 0) failure ??= { fault: 'a connection that cannot be read' };
        await severalAtOnce(page.connections, atOnce, each);
        if (isCut) return;
        after = page.next;
      } while (after !== undefined && !isOver());
      isCut = after !== undefined;
      stoppedAt = after;
    }

    function failed(cause: unknown): void {
      failure ??= faultOf(cause);
    }
  };

  async function look(connection: Connection, judge: ConnectionJudge, now: number): Promise<void> {
    const { connectionId, connectedAt, scheme, credentialId } = connection;
    // API Gateway has ended it; the table's own sweep may be days behind, and every look would go through it.
    if (now >= connectedAt + connectionKeepSeconds) {
      await available('the Connections table', () => connections.forget(connectionId));
      return;
    }
    const reason = await judge(connection);
    if (reason === undefined) return;
    const outcome = await available('API Gateway', () => gateway.close(connectionId));
    if (outcome === 'closed') {
      audit.write({
        event: 'connection_closed',
        ...{ reason, scheme, credential: credentialId, connectionId },
      });
    }
    // Its handshake may be under way still, and it must be found again when it is open.
    if (outcome === 'gone' && now < connectedAt + handshakeSeconds) return;
    await available('the Connections table', () => connections.forget(connectionId));
  }
}
