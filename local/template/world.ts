import type { FunctionSpec, InvokePermission } from '../contracts.ts';
import type { TableSpec } from '../dynamodb/create-tables.ts';
import type {
  CustomDomainSpec,
  HttpApiSpec,
  RestApiSpec,
  WebSocketApiSpec,
} from '../gateway/api-spec.ts';
import type { UsagePlanSpec } from '../gateway/usage-spec.ts';
import type { Stack } from './assembly.ts';
import { customDomainSpecs } from './custom-domains.ts';
import { functionSpecs, invokePermissions } from './functions.ts';
import { httpApiSpecs } from './http-apis.ts';
import { type ResolveOptions, resolveAssembly } from './resolve-assembly.ts';
import { restApiSpecs } from './rest-apis.ts';
import { type ScheduledRuleSpec, scheduledRuleSpecs } from './scheduled-rules.ts';
import {
  parameterValues,
  type RotationScheduleSpec,
  rotationScheduleSpecs,
  type SecretSpec,
  secretSpecs,
  tableSpecs,
} from './stores.ts';
import { type TriggerSpec, triggerSpecs } from './triggers.ts';
import { usagePlanSpecs } from './usage-plans.ts';
import { webSocketApiSpecs } from './web-socket-apis.ts';

/** Everything that an assembly asks the runner to host. */
export interface WorldSpec {
  readonly functions: readonly FunctionSpec[];
  readonly permissions: readonly InvokePermission[];
  readonly tables: readonly TableSpec[];
  readonly schedules: readonly RotationScheduleSpec[];
  readonly rules: readonly ScheduledRuleSpec[];
  readonly triggers: readonly TriggerSpec[];
  readonly parameters: ReadonlyMap<string, string>;
  readonly apis: readonly (HttpApiSpec | RestApiSpec | WebSocketApiSpec)[];
  readonly domains: readonly CustomDomainSpec[];
  readonly usagePlans: readonly UsagePlanSpec[];
}

/** @throws TemplateError for whatever cannot be hosted as it is */
export function worldSpec(stacks: readonly Stack[], options: ResolveOptions): WorldSpec {
  const assembly = resolveAssembly(stacks, options);
  const restApis = restApiSpecs(assembly);
  return {
    functions: functionSpecs(assembly),
    permissions: invokePermissions(assembly),
    tables: tableSpecs(assembly),
    schedules: rotationScheduleSpecs(assembly),
    rules: scheduledRuleSpecs(assembly),
    triggers: triggerSpecs(assembly),
    parameters: parameterValues(assembly),
    apis: [...httpApiSpecs(assembly), ...restApis, ...webSocketApiSpecs(assembly)],
    domains: customDomainSpecs(assembly),
    usagePlans: usagePlanSpecs(assembly, restApis),
  };
}

/** The secrets of an assembly. They come first: other resources name them by ARNs that Secrets Manager draws. */
export function declaredSecrets(
  stacks: readonly Stack[],
  apiUrl: ResolveOptions['apiUrl'],
): readonly SecretSpec[] {
  const notYet = (name: string): string => `arn:aws:secretsmanager:::secret:${name}`;
  return secretSpecs(resolveAssembly(stacks, { apiUrl, secretArn: notYet }));
}
