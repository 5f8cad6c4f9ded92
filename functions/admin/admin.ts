import { faultOf } from '../core/fault.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Result } from '../core/result.ts';
import { type ApiKeyAdministration, apiKeyCommands } from './api-keys.ts';
import { auditRevocation, auditSubject } from './audit-subject.ts';
import { type CertificateAdministration, certificateCommands } from './certificates.ts';
import { type ClientAdministration, clientCommands } from './clients.ts';
import { InvalidCommand, readCommand } from './command-reader.ts';
import type { AdminAnswer } from './commands.ts';
import { type KeyAdministration, keyCommands } from './keys.ts';
import { revocationCommands } from './revocations.ts';
import { type StatusAdministration, statusCommands } from './status.ts';
import { type UserAdministration, userCommands } from './users.ts';
import type { AdminError, Verbs } from './verb.ts';

export interface Admin
  extends ClientAdministration,
    KeyAdministration,
    ApiKeyAdministration,
    CertificateAdministration,
    UserAdministration,
    StatusAdministration {
  readonly clock: Clock;
  readonly audit: AuditLog;
}

/**
 * Carries out one operator command. IAM decides who may invoke; this validates, writes and audits. Refusals are
 * answers; a store that cannot answer is one too (`unavailable`), so that the command line can say "try again".
 */
export function admin(ports: Admin): (input: unknown, requestId: string) => Promise<AdminAnswer> {
  const commands: Verbs = {
    ...clientCommands(ports),
    ...keyCommands(ports),
    ...apiKeyCommands(ports),
    ...certificateCommands(ports),
    ...userCommands(ports),
    ...revocationCommands(ports),
    ...statusCommands(ports),
  };

  return async (input, requestId) => {
    const name = commandName(input);
    const outcome = await carryOut(name, input);
    ports.audit.write({
      event: 'admin',
      requestId,
      command: name !== undefined && Object.hasOwn(commands, name) ? name : 'unknown',
      outcome: outcome.ok ? 'done' : 'refused',
      ...(name?.startsWith('revocations.') ? auditRevocation(input) : {}),
      ...auditSubject(outcome.ok ? outcome.value : input, outcome.ok),
      ...(outcome.ok ? {} : { error: outcome.error.code }),
    });
    return outcome.ok
      ? { ok: true, result: outcome.value }
      : { ok: false, error: { code: outcome.error.code, message: outcome.error.message } };
  };

  async function carryOut(
    name: string | undefined,
    input: unknown,
  ): Promise<Result<unknown, AdminError>> {
    const now = ports.clock.now();
    const command =
      name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      return refused(
        'invalid_request',
        `command must be one of: ${Object.keys(commands).join(', ')}`,
      );
    }
    const reader = readCommand(input, command.members);
    if (!reader.ok) return refused('invalid_request', reader.error);
    try {
      return await command.run(reader.value, now);
    } catch (cause) {
      if (cause instanceof InvalidCommand) return refused('invalid_request', cause.message);
      ports.audit.write({ event: 'fault', where: 'admin', ...faultOf(cause) });
      return refused('unavailable', 'a store could not answer: try again');
    }
  }
}

function refused(code: AdminError['code'], message: string): Result<never, AdminError> {
  return { ok: false, error: { code, message } };
}

function commandName(input: unknown): string | undefined {
  const name =
    typeof input === 'object' && input !== null && 'command' in input ? input.command : undefined;
  return typeof name === 'string' ? name : undefined;
}
