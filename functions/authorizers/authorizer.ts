import { hash } from 'node:crypto';
import { connectionOf } from '../core/connections/connection.ts';
import { drawnIds } from '../core/drawn-ids.ts';
import { faultOf } from '../core/fault.ts';
import { keptOnReturn } from '../core/kept-on-return.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ConnectionWriter } from '../core/ports/connections.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { AuthRequest } from '../core/routes/auth-request.ts';
import type { Decision, UnavailableReason } from '../core/routes/decision.ts';
import type { Judgement } from '../core/routes/judgement.ts';
import type { Principal } from '../core/routes/principal.ts';
import { available, Unavailable } from '../core/unavailable.ts';
import { type DecisionMaker, judge } from './judge.ts';

/** 96 random bits. */
const decisionIdCharacters = 16;

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
  const nextId = drawnIds(ports.randomness, decisionIdCharacters);
  let coldStart = true;

  return async (request) => {
    const startedAt = ports.stopwatch();
    const decisionId = nextId();
    const judgement = await outcomeOf(request);
    const { decision, cache, granted } = judgement;
    const who = principalOf(decision);
    // One literal, because this is made for every request: what is undefined stays out of the log.
    ports.audit.write({
      event: 'access_decided',
      requestId: request.requestId,
      sourceIp: request.sourceIp,
      decisionId,
      surface: request.surface,
      route: request.route?.key ?? '',
      outcome: decision.outcome,
      reason: decision.outcome === 'allow' ? undefined : decision.reason,
      scheme: who?.scheme,
      issuer: who?.issuer,
      clientId: who?.clientId,
      subjectHash: who && subjectHash(who),
      credential: who?.credentialId,
      isReplaced: who?.isReplaced,
      kid: who?.kid,
      cache,
      grantedRoutes: granted?.size,
      latencyMs: Math.round((ports.stopwatch() - startedAt) * 100) / 100,
      coldStart,
    });
    coldStart = false;
    return { decision, cache, granted, decisionId };
  };

  async function outcomeOf(request: AuthRequest): Promise<Judgement> {
    try {
      const now = ports.clock.now();
      const judgement = await decide(request, now);
      if (request.surface === 'websocket') await remember(request, judgement.decision, now);
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
    const { stageArn, connectionId } = request;
    if (connections === undefined || decision.outcome !== 'allow') return;
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

function principalOf(decision: Decision): Principal | undefined {
  return decision.outcome === 'unavailable' ? undefined : decision.principal;
}

/** First 16 hex digits of SHA-256 of issuer and subject: who it is stays out of the log. */
const subjectHash: (principal: Principal) => string = keptOnReturn(({ issuer, subject }) =>
  hash('sha256', `${issuer}|${subject}`, 'hex').slice(0, 16),
);
