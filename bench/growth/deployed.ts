import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundledPolicy } from '../../functions/authorizers/config.ts';
import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import { bundlesDirectory } from '../../infra/bundle.ts';
import { evaluatePolicy, parsePolicy } from '../../local/gateway/policy-evaluation.ts';
import type { Events } from '../decisions/events.ts';
import { imported } from '../decisions/loaded.ts';
import { type Outcome, outcomeOf } from '../decisions/operations.ts';
import type { DecisionWorld } from '../decisions/world.ts';

export interface Deployment {
  /** @default the demo's */
  readonly policy?: BundledPolicy;
  /** Beside that of the world, or instead of it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A bundle as it is deployed, in an environment of its own: nothing that one has in memory is known to another. */
export async function deployed<Handler = AuthorizerHandler>(
  { environment: usual, policies }: DecisionWorld,
  bundle: string,
  { policy = policies.demo, environment = {} }: Deployment = {},
): Promise<Handler> {
  Object.assign(process.env, usual, environment);
  const folder = mkdtempSync(join(tmpdir(), 'keyward-growth-'));
  try {
    return await imported<Handler>(folder, policy, join(bundlesDirectory, bundle));
  } finally {
    rmSync(folder, { recursive: true });
    for (const name of Object.keys(environment)) delete process.env[name];
    Object.assign(process.env, usual);
  }
}

/** A control: throws unless that is what comes out for the very request, whatever routes an answer is for. */
export async function expectOutcome(
  what: string,
  handler: AuthorizerHandler,
  events: Events,
  expected: Outcome,
): Promise<void> {
  const event = events();
  const outcome = await outcomeOf(decided, () => event);
  if (outcome !== expected) throw new Error(`${what}: ${outcome}`);

  /** What the gateway makes of the answer, as its simplest form. */
  async function decided(): ReturnType<AuthorizerHandler> {
    const answer = await handler(event);
    if ('isAuthorized' in answer || !('methodArn' in event)) return answer;
    const policy = parsePolicy(answer.policyDocument);
    if (policy === undefined) throw new Error('a policy that is none');
    const isAuthorized = evaluatePolicy(policy, event.methodArn) === 'allow';
    return { isAuthorized, context: {} };
  }
}
