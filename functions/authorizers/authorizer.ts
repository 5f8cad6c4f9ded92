import { hash } from 'node:crypto';
import type { AccessDecided } from '../core/audit.ts';
import { connectionOf } from '../core/connections/connection.ts';
import { faultOf } from '../core/fault.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ConnectionWriter } from '../core/ports/connections.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { AuthRequest } from '../core/routes/auth-request.ts';
import type { Decision, UnavailableReason } from '../core/routes/decision.ts';
import type { Judgement } from '../core/routes/judgement.ts';
import { available, Unavailable } from '../core/unavailable.ts';
import { decisionIds } from './decision-ids.ts';
import { type DecisionMaker, judge } from './judge.ts';

export interface AuthorizerPorts extends DecisionMaker {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly audit: AuditLog;
  /** Told of each connection of a WebSocket API before it is let in. Absent: nobody closes them. */
  readonly connections?: ConnectionWriter | undefined;
  /** Milliseconds that only ever grow, for the record. */
  readonly stopwatch: () => number;
}

export interface Recorded extends Judgement {
  readonly decisionId: string;
}

/** Decides for one request and writes the record of it, whatever happens. Never throws. */
export function authorizer(ports: AuthorizerPorts): (request: AuthRequest) => Promise<Recorded> {
  const decide = judge(ports);
  const nextId = decisionIds(ports.randomness);
  let coldStart = true;

  return async (request) => {
    const startedAt = ports.stopwatch();
    const decisionId = nextId();
    const judgement = await outcomeOf(request);
    ports.audit.write({
      event: 'access_decided',
      requestId: request.requestId,
      ...(request.sourceIp === undefined ? {} : { sourceIp: request.sourceIp }),
      decisionId,
      surface: request.surface,
      route: request.route?.key ?? '',
      ...describe(judgement.decision),
      cache: judgement.cache,
      ...(judgement.granted === undefined ? {} : { grantedRoutes: judgement.granted.size }),
      latencyMs: Math.round((ports.stopwatch() - startedAt) * 100) / 100,
      coldStart,
    });
    coldStart = false;
    return { ...judgement, decisionId };
  };

  async function outcomeOf(request: AuthRequest): Promise<Judgement> {
    try {
      const now = ports.clock.now();
      const judgement = await decide(request, now);
      await remember(request, judgement.decision, now);
      return judgement;
    } catch (cause) {
      const { requestId } = request;
      ports.audit.write({ event: 'fault', requestId, where: 'authorizer', ...faultOf(cause) });
      return unavailable(cause instanceof Unavailable ? 'dependency_unavailable' : 'internal');
    }
  }

  /** What cannot be closed later is not opened now. */
  async function remember(request: AuthRequest, decision: Decision, now: number): Promise<void> {
    const { connections } = ports;
    const { surface, stageArn, connectionId } = request;
    const isOpened = surface === 'websocket' && decision.outcome === 'allow';
    if (connections === undefined || !isOpened) return;
    if (!connectionId) throw new Error('a connection without an id');
    const stage = stageArn.slice(stageArn.lastIndexOf(':') + 1);
    await available('the Connections table', () =>
      connections.add(stage, connectionOf(connectionId, decision.principal, now)),
    );
  }
}

function unavailable(reason: UnavailableReason): Judgement {
  return { decision: { outcome: 'unavailable', reason }, cache: 'none' };
}

type Described = Pick<
  AccessDecided,
  | 'outcome'
  | 'reason'
  | 'scheme'
  | 'issuer'
  | 'clientId'
  | 'subjectHash'
  | 'credential'
  | 'isReplaced'
  | 'kid'
>;

/** What of a decision is written down: public ids, and the subject as a hash. */
function describe(decision: Decision): Described {
  const outcome =
    decision.outcome === 'allow'
      ? { outcome: decision.outcome }
      : { outcome: decision.outcome, reason: decision.reason };
  const principal = decision.outcome === 'unavailable' ? undefined : decision.principal;
  if (principal === undefined) return outcome;
  const { scheme, issuer, subject, clientId, credentialId, isReplaced, kid } = principal;
  return {
    ...outcome,
    scheme,
    issuer,
    clientId,
    subjectHash: hash('sha256', `${issuer}|${subject}`, 'hex').slice(0, 16),
    credential: credentialId,
    ...(isReplaced === undefined ? {} : { isReplaced }),
    ...(kid === undefined ? {} : { kid }),
  };
}
