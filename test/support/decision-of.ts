import type { AccessDecided } from '../../functions/core/audit.ts';
import type { Reply } from './ask.ts';
import type { DemoWorld } from './demo-world.ts';
import { until } from './until.ts';

/** The record of the decision that a request led to. Throws where there is none: the gateway replayed an answer. */
export async function decisionOf(
  { decisions }: DemoWorld,
  { headers }: Reply,
): Promise<AccessDecided> {
  const id = headers['x-amzn-requestid'] ?? headers['apigw-requestid'];
  // What a function writes may arrive after its answer.
  const found = await until(
    async () => decisions().find(({ requestId }) => requestId === id),
    (one) => one !== undefined,
    { everyMilliseconds: 20 },
  );
  if (found === undefined) throw new Error('no authorizer was asked for that request');
  return found;
}
