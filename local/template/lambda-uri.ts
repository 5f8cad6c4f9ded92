import type { Properties } from './properties.ts';

/** The function behind an integration or an authorizer: its ARN, alone or inside API Gateway's invocation URI. */
export function lambdaArn(properties: Properties, name: string): string {
  const uri = properties.text(name);
  const inside = /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;
  if (/^arn:[^:]+:lambda:[^:]+:\d+:function:/.test(inside)) return inside;
  return properties.fail(`${name} must name a Lambda function, not ${uri}`);
}
