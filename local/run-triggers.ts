import type { FunctionHost, Log } from './contracts.ts';
import { problemOf } from './lambda/invocation.ts';
import type { TriggerSpec } from './template/triggers.ts';

/** A trigger failed, and with it the deployment that the run stands for. */
class TriggerFailed extends Error {
  override readonly name = 'TriggerFailed';
}

/** Runs the triggers one after the other, as the deployment's custom resource does. @throws TriggerFailed */
export async function runTriggers(
  functions: FunctionHost,
  triggers: readonly TriggerSpec[],
  log: Log,
): Promise<void> {
  for (const { logicalId, functionArn, mayFail } of triggers) {
    const problem = problemOf(await functions.invoke(functionArn, '{}', { service: null }));
    if (problem === undefined) continue;
    const sentence = `the trigger ${logicalId} failed: ${problem}`;
    if (!mayFail) throw new TriggerFailed(sentence);
    log(sentence);
  }
}
