import type { PolicyDocument } from '../contracts.ts';
import { nestedProperties, propertiesOf } from './properties.ts';
import type { Resource } from './resolve-assembly.ts';
import { TemplateError } from './template.ts';

/** Policies of AWS that allow nothing but logs and traces, which go nowhere here. */
const withoutEffect: ReadonlySet<string> = new Set([
  'AWSLambdaBasicExecutionRole',
  'AWSXRayDaemonWriteAccess',
  'AWSXrayWriteOnlyAccess',
  'AmazonAPIGatewayPushToCloudWatchLogs',
]);

/** Collects what is attached to each role. @returns asks by the ARN of a role @throws TemplateError */
export function rolePolicies(
  resources: readonly Resource[],
): (roleArn: string) => readonly PolicyDocument[] {
  const attached = resources
    .filter(({ type }) => type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy')
    .map((resource) => ({
      ref: resource.ref,
      roles: propertiesOf(resource).texts('Roles'),
      document: policyDocument(resource.properties.PolicyDocument, resource.logicalId),
    }));
  const byRole = new Map<string, readonly PolicyDocument[]>();
  for (const role of resources.filter(({ type }) => type === 'AWS::IAM::Role')) {
    const properties = propertiesOf(role);
    const inline = properties.list('Policies').map((policy) => {
      const where = `${properties.where}.Policies`;
      nestedProperties(policy, where, ['PolicyName', 'PolicyDocument']);
      return policyDocument((policy as { PolicyDocument: unknown }).PolicyDocument, where);
    });
    const managed = properties.texts('ManagedPolicyArns').flatMap((arn) => {
      const found = attached.find(({ ref }) => ref === arn);
      if (found !== undefined) return [found.document];
      if (withoutEffect.has(arn.split('/').at(-1) ?? '')) return [];
      return properties.fail(`the managed policy ${arn} is not known to the runner`);
    });
    const policies = attached
      .filter(({ roles }) => roles.includes(role.ref))
      .map(({ document }) => document);
    byRole.set(role.attribute('Arn'), [...inline, ...managed, ...policies]);
  }
  return (roleArn) => {
    const policies = byRole.get(roleArn);
    if (policies === undefined) throw new TemplateError(`the role ${roleArn} is not in a template`);
    return policies;
  };
}

/** The evaluator reads the statements themselves, and refuses what it does not understand. */
function policyDocument(value: unknown, where: string): PolicyDocument {
  const document = value as { readonly Statement?: unknown } | undefined;
  const statements = [document?.Statement ?? []].flat();
  if (statements.length === 0) throw new TemplateError(`${where}: the policy has no statement`);
  return { ...document, Statement: statements } as unknown as PolicyDocument;
}
