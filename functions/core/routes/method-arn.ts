/** The part of an execute-api ARN before the verb: `arn:…:<account>:<api>/<stage>`. */
const stageArnPattern =
  /^arn:aws[a-z-]{0,20}:execute-api:[a-z0-9-]{1,30}:\d{12}:[A-Za-z0-9]{1,32}\/[A-Za-z0-9_$-]{1,128}(?=\/|$)/;

/**
 * The stage's ARN out of a method or route ARN. Everything after the stage comes from the caller's request and is dropped.
 * Throws when the ARN has another shape: a policy must never be made of text that nobody checked.
 */
export function stageArnOf(methodArn: string): string {
  // An environment serves one stage, rarely two: what was found good is compared, not matched again.
  const end = lastStageArn.length;
  const isLast = methodArn.startsWith(lastStageArn) && (methodArn[end] ?? '/') === '/';
  if (isLast && end > 0) return lastStageArn;
  const stageArn = stageArnPattern.exec(methodArn)?.[0];
  if (stageArn === undefined) throw new Error('an ARN of an unknown shape');
  lastStageArn = stageArn;
  return stageArn;
}

let lastStageArn = '';
