import { createHash } from 'node:crypto';

/** Where the runner pretends to be. */
export const partition = 'aws';
export const urlSuffix = 'amazonaws.com';

/**
 * The name of a resource that the template leaves unnamed. The same template gives the same names, so that a kept state
 * is found again.
 */
export function physicalName(stackName: string, logicalId: string, charactersMax: number): string {
  const name = `${stackName}-${logicalId}`;
  if (name.length <= charactersMax) return name;
  return `${name.slice(0, charactersMax - 9)}-${digest(name, 8)}`;
}

/** An id as services draw them: lower-case letters and digits, beginning with a letter. */
export function physicalId(stackName: string, logicalId: string, characters: number): string {
  return `k${digest(`${stackName}/${logicalId}`, characters - 1)}`;
}

function digest(text: string, characters: number): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return BigInt(`0x${hex}`).toString(36).slice(0, characters);
}
