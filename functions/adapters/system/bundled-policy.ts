import { readFileSync } from 'node:fs';

/** What a deployment has put beside the code: `policy.json`. Read once, when the function starts. */
export function bundledPolicy<T>(): T {
  return JSON.parse(readFileSync(new URL('./policy.json', import.meta.url), 'utf8')) as T;
}
