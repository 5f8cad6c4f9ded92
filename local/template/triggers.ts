import { propertiesOf } from './properties.ts';
import type { ResolvedAssembly, Resource } from './resolve-assembly.ts';

export interface TriggerSpec {
  readonly logicalId: string;
  /** With its version. */
  readonly functionArn: string;
  /** An asynchronous trigger does not fail a deployment. */
  readonly mayFail: boolean;
}

/** The triggers of an assembly; one comes after those that it depends on, through however many resources. */
export function triggerSpecs({ resources }: ResolvedAssembly): readonly TriggerSpec[] {
  const key = (stackName: string, logicalId: string): string => `${stackName}/${logicalId}`;
  const byKey = new Map(resources.map((r) => [key(r.stackName, r.logicalId), r]));
  const ordered: Resource[] = [];
  const visited = new Set<Resource>();

  function visit(resource: Resource): void {
    if (visited.has(resource)) return;
    visited.add(resource);
    for (const dependency of resource.dependsOn) {
      const found = byKey.get(key(resource.stackName, dependency));
      if (found !== undefined) visit(found);
    }
    if (resource.type === 'Custom::Trigger') ordered.push(resource);
  }

  for (const resource of resources) visit(resource);
  return ordered.map((resource) => {
    const properties = propertiesOf(resource);
    return {
      logicalId: resource.logicalId,
      functionArn: properties.text('HandlerArn'),
      mayFail: properties.textOr('InvocationType', 'RequestResponse') === 'Event',
    };
  });
}
