import type { InvokePermission, Invoker } from '../contracts.ts';
import { arnLike } from '../iam/arn.ts';
import { type FunctionReference, parseFunctionName } from './function-name.ts';

/**
 * Compiles a function's resource policy, the `AWS::Lambda::Permission`s of a template. A permission speaks for the
 * function or for one version or alias, never for both. Callers who signed their request were checked against their
 * own policies and need none here: all of them are of the function's own account.
 */
export function compilePermissions(
  permissions: readonly InvokePermission[],
): (target: FunctionReference, invoker: Invoker) => boolean {
  const compiled = permissions.map((permission) => ({
    target: parseFunctionName(permission.functionName),
    permission,
    isSource: permission.sourceArn === undefined ? () => true : arnLike(permission.sourceArn),
  }));
  return (target, invoker) => {
    if (invoker.service === null) return true;
    return compiled.some(
      ({ target: granted, permission, isSource }) =>
        granted.name === target.name &&
        granted.qualifier === target.qualifier &&
        grantsInvoke(permission.action) &&
        permission.principal === invoker.service &&
        isSource(invoker.sourceArn) &&
        (permission.sourceAccount === undefined ||
          permission.sourceAccount === invoker.sourceAccount),
    );
  };
}

function grantsInvoke(action: string): boolean {
  return ['lambda:invokefunction', 'lambda:*', '*'].includes(action.toLowerCase());
}
