/** A function as callers name it. */
export interface FunctionReference {
  readonly name: string;
  /** Version or alias; `undefined` for the function itself, which `$LATEST` is another word for. */
  readonly qualifier: string | undefined;
}

/**
 * Reads a function name: `name`, `name:qualifier`, `account:function:name[:qualifier]`, or a whole ARN.
 */
export function parseFunctionName(nameOrArn: string): FunctionReference {
  const parts = nameOrArn.split(':');
  const at = parts.lastIndexOf('function');
  const [name = '', qualifier] = at > 0 ? parts.slice(at + 1) : parts;
  return { name, qualifier: qualifier === '$LATEST' ? undefined : qualifier };
}
