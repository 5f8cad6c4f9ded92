import type { FunctionSpec, InvokePermission, PolicyDocument } from '../contracts.ts';
import { propertiesOf } from './properties.ts';
import type { ResolvedAssembly, Resource } from './resolve-assembly.ts';
import { rolePolicies } from './role-policies.ts';

/**
 * The functions of an assembly. The ones behind CDK's own custom resources are left out: the runner does their work.
 * @throws TemplateError
 */
export function functionSpecs({ resources }: ResolvedAssembly): readonly FunctionSpec[] {
  const policiesOf = rolePolicies(resources);
  const providers = new Set(
    resources
      .filter(({ type }) => type.startsWith('Custom::'))
      .map(({ properties }) => properties.ServiceToken),
  );
  return resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .filter((resource) => !providers.has(resource.attribute('Arn')))
    .map((resource) => functionSpec(resource, policiesOf));
}

function functionSpec(
  resource: Resource,
  policiesOf: (roleArn: string) => readonly PolicyDocument[],
): FunctionSpec {
  const properties = propertiesOf(resource);
  properties.only('PackageType', 'Zip');
  const runtime = properties.text('Runtime');
  if (!/^nodejs\d/.test(runtime)) properties.fail(`the runtime ${runtime} is not hosted`);
  const code = properties.nested('Code', ['S3Bucket', 'S3Key']);
  const key = code?.text('S3Key') ?? properties.fail('Code is missing');
  const codeDirectory =
    resource.assetDirectory(key) ?? properties.fail(`its code, the asset ${key}, is missing`);
  const environment = properties.nested('Environment', ['Variables']);
  return {
    logicalId: resource.logicalId,
    name: resource.ref,
    arn: resource.attribute('Arn'),
    policies: policiesOf(properties.text('Role')),
    codeDirectory,
    handler: properties.text('Handler'),
    environment: environment?.textMap('Variables') ?? {},
    memoryMiB: properties.number('MemorySize', 128),
    timeoutSeconds: properties.number('Timeout', 3),
  };
}

/** Who may invoke which function. */
export function invokePermissions({ resources }: ResolvedAssembly): readonly InvokePermission[] {
  return resources
    .filter(({ type }) => type === 'AWS::Lambda::Permission')
    .map((resource) => {
      const properties = propertiesOf(resource);
      const sourceArn = properties.textOr('SourceArn', undefined);
      const sourceAccount = properties.textOr('SourceAccount', undefined);
      return {
        functionName: properties.text('FunctionName'),
        action: properties.text('Action'),
        principal: properties.text('Principal'),
        ...(sourceArn === undefined ? {} : { sourceArn }),
        ...(sourceAccount === undefined ? {} : { sourceAccount }),
      };
    });
}
