import { faultOf } from '../core/fault.ts';
import type { Pause } from '../core/ports/pause.ts';
import type { RotationRules } from './config.ts';
import { type Ensured, ensure } from './ensure.ts';
import { storeIntent } from './intent.ts';
import { RotationRefused } from './refusal.ts';
import { type Revoked, revoke } from './revoke.ts';
import { type RotationSteps, rotationSteps, type Step, type StepRequest } from './steps.ts';
import { type Unstuck, unstick } from './unstick.ts';
import { whileRoleSpreads } from './while-role-spreads.ts';

export interface Rotation extends RotationSteps {
  readonly pause: Pause;
}

export interface RotationSettings extends RotationRules {
  readonly ringSecret: string;
}

export type RotationAnswer =
  | Ensured
  | Revoked
  | Unstuck
  | { readonly generation: number; readonly stored: true };

/** Both spellings that Secrets Manager's documentation uses. */
const stepNames: Readonly<Record<string, Step>> = {
  createSecret: 'createSecret',
  create_secret: 'createSecret',
  setSecret: 'setSecret',
  set_secret: 'setSecret',
  testSecret: 'testSecret',
  test_secret: 'testSecret',
  finishSecret: 'finishSecret',
  finish_secret: 'finishSecret',
};

/**
 * One event of the rotation function: a step from Secrets Manager, an operator's intent or intervention, or, with none
 * of these, the wish of a deployment that a ring exist. Whatever it throws, the fault is in the log and no key is in the message.
 */
export function rotation(
  ports: Rotation,
  settings: RotationSettings,
): (event: unknown) => Promise<RotationAnswer | undefined> {
  const run = rotationSteps(ports, settings);

  return async (event) => {
    try {
      const members = membersOf(event);
      if (members.Step !== undefined) {
        await run(stepRequest(members, settings.ringSecret));
        return undefined;
      }
      if (members.intent !== undefined) return await storeIntent(members.intent, ports);
      if (members.revoke !== undefined) return await revoke(members.revoke, ports, settings);
      if (members.unstick !== undefined) return await unstick(members.unstick, ports);
      return await whileRoleSpreads(() => ensure(ports), ports.pause);
    } catch (cause) {
      const fault = cause instanceof RotationRefused ? { fault: cause.reason } : faultOf(cause);
      ports.audit.write({ event: 'fault', where: 'rotation', ...fault });
      throw cause;
    }
  };
}

function stepRequest(members: Readonly<Record<string, unknown>>, ringSecret: string): StepRequest {
  const { Step, SecretId, ClientRequestToken: token, RotationToken: rotationToken } = members;
  const step =
    typeof Step === 'string' && Object.hasOwn(stepNames, Step) ? stepNames[Step] : undefined;
  if (step === undefined || typeof token !== 'string') throw new RotationRefused('unknown_event');
  if (SecretId !== ringSecret) throw new RotationRefused('other_secret');
  return { step, token, ...(typeof rotationToken === 'string' ? { rotationToken } : {}) };
}

/** An invocation without a payload has no members. */
function membersOf(event: unknown): Readonly<Record<string, unknown>> {
  if (event === undefined || event === null) return {};
  if (typeof event === 'object') return { ...event };
  throw new RotationRefused('unknown_event');
}
