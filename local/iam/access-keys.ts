import { randomBytes } from 'node:crypto';
import type { FunctionSpec } from '../contracts.ts';

/** Credentials of one function's role, as Lambda puts them into its environment. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Hands out one access key per function, drawn when it is first asked for; the same function gets the same key. */
export function accessKeys(): (spec: FunctionSpec) => AccessKey {
  const drawn = new Map<string, AccessKey>();
  return (spec) => {
    const known = drawn.get(spec.arn);
    if (known !== undefined) return known;
    const key: AccessKey = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    };
    drawn.set(spec.arn, key);
    return key;
  };
}
