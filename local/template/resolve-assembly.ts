import type { Stack } from './assembly.ts';
import { evaluate, noValue, type Scope } from './evaluate.ts';
import { partition, physicalName, urlSuffix } from './physical-name.ts';
import { attributes, type Referred, refs } from './references.ts';
import { treatmentOf } from './resource-types.ts';
import { TemplateError, type TemplateResource } from './template.ts';

/** A resource of a stack, every intrinsic function replaced. */
export interface Resource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  /** What `Ref` says of it. */
  readonly ref: string;
  /** What `Fn::GetAtt` says of it. */
  attribute(name: string): string;
  assetDirectory(objectKey: string): string | undefined;
}

export interface ResolveOptions {
  /** Where an API answers, `http://127.0.0.1:8787`; `undefined` leaves it at its address on AWS. */
  readonly apiUrl: (stackName: string, logicalId: string) => string | undefined;
  /** ARN of a secret by its name. */
  readonly secretArn: (name: string) => string;
}

export interface ResolvedAssembly {
  readonly accountId: string;
  readonly region: string;
  /** Stack by stack, in the order of the templates. */
  readonly resources: readonly Resource[];
}

/** Account and region of an app that leaves both to the deployment. */
const defaultAccountId = '000000000000';
const defaultRegion = 'us-east-1';

/**
 * Resolves all resources of an assembly. Names and ARNs are the same in every run; `https://<api>.execute-api.…` becomes
 * the local address of that API wherever it appears, as DNS would have it.
 * @throws TemplateError for whatever the runner does not host, naming the logical id
 */
export function resolveAssembly(
  stacks: readonly Stack[],
  options: ResolveOptions,
): ResolvedAssembly {
  const { accountId, region } = placeOf(stacks);
  const underWay = new Set<string>();
  const localUrls = new Map<string, string>();
  for (const { name, template } of stacks) {
    for (const [logicalId, { Type }] of Object.entries(template.Resources ?? {})) {
      if (Type !== 'AWS::ApiGatewayV2::Api' && Type !== 'AWS::ApiGateway::RestApi') continue;
      const url = options.apiUrl(name, logicalId);
      const api = referred(stackNamed(name), logicalId);
      const apiId = refs[Type]?.(api);
      if (url === undefined || apiId === undefined) continue;
      localUrls.set(executeApi(apiId), url);
      localUrls.set(webSocketUrl(executeApi(apiId)), webSocketUrl(url));
    }
  }
  const resources = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([logicalId]) => isPresent(stack, logicalId))
      .map(([logicalId, resource]) => resolveResource(stack, logicalId, resource)),
  );
  return { accountId, region, resources };

  function resolveResource(stack: Stack, logicalId: string, resource: TemplateResource): Resource {
    const where = `${stack.name}/${logicalId}`;
    checkType(where, resource);
    const properties = resolve(resource.Properties ?? {}, stack, `${where}.Properties`);
    const dependsOn = [resource.DependsOn ?? []].flat();
    for (const dependency of dependsOn) definitionOf(stack, dependency, where);
    return {
      stackName: stack.name,
      logicalId,
      type: resource.Type,
      properties: properties as Record<string, unknown>,
      dependsOn,
      // What nobody may refer to has no name either.
      ref: refs[resource.Type]?.(referred(stack, logicalId)) ?? logicalId,
      attribute: (name) => attributeOf(stack, logicalId, name, where),
      assetDirectory: (objectKey) => stack.assetDirectory(objectKey),
    };
  }

  function resolve(value: unknown, stack: Stack, where: string): unknown {
    return finish(evaluate(value, scopeOf(stack, where), where), where);
  }

  /** Local addresses instead of AWS's; nothing left that only a deployment could look up. */
  function finish(value: unknown, where: string): unknown {
    if (typeof value === 'string') {
      if (value.includes('{{resolve:')) {
        throw new TemplateError(`${where}: dynamic references ({{resolve:…}}) are not hosted`);
      }
      let text = value;
      for (const [address, url] of localUrls) text = text.replaceAll(address, url);
      return text;
    }
    if (Array.isArray(value)) return value.map((item) => finish(item, where));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, finish(member, `${where}.${name}`)]),
    );
  }

  function scopeOf(stack: Stack, where: string): Scope {
    return {
      ref(name) {
        const pseudo = pseudoParameter(name, stack);
        if (pseudo !== undefined) return pseudo;
        const parameter = stack.template.Parameters?.[name];
        if (parameter !== undefined) return parameterValue(stack, name, where);
        const { Type } = definitionOf(stack, name, where);
        const reference = refs[Type];
        if (reference === undefined) throw new TemplateError(`${where}: cannot Ref a ${Type}`);
        return reference(referred(stack, name));
      },
      attribute: (logicalId, name) => attributeOf(stack, logicalId, name, where),
      condition(name) {
        const condition = stack.template.Conditions?.[name];
        if (condition === undefined) throw new TemplateError(`${where}: no condition ${name}`);
        const value = once(`${stack.name}/Conditions.${name}`, () =>
          evaluate(condition, scopeOf(stack, `Conditions.${name}`), `Conditions.${name}`),
        );
        return value === true;
      },
      mapping(map, top, second) {
        const value = stack.template.Mappings?.[map]?.[top]?.[second];
        if (value === undefined) {
          throw new TemplateError(`${where}: no mapping ${map}.${top}.${second}`);
        }
        return value;
      },
      exported(name) {
        for (const other of stacks) {
          for (const [output, { Export }] of Object.entries(other.template.Outputs ?? {})) {
            if (Export === undefined) continue;
            const exportName = evaluate(Export.Name, scopeOf(other, output), output);
            if (exportName === name) return outputValue(other, output, where);
          }
        }
        throw new TemplateError(`${where}: no hosted stack exports ${name}`);
      },
      stackOutput: (stackName, outputName) => outputValue(stackNamed(stackName), outputName, where),
    };
  }

  function pseudoParameter(name: string, stack: Stack): unknown {
    switch (name) {
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::Region':
        return region;
      case 'AWS::Partition':
        return partition;
      case 'AWS::URLSuffix':
        return urlSuffix;
      case 'AWS::StackName':
        return stack.name;
      case 'AWS::StackId':
        return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stack.name}/local`;
      case 'AWS::NotificationARNs':
        return [];
      case 'AWS::NoValue':
        return noValue;
      default:
        return undefined;
    }
  }

  function parameterValue(stack: Stack, name: string, where: string): unknown {
    const { Type = '', Default } = stack.template.Parameters?.[name] ?? {};
    if (Default === undefined) {
      throw new TemplateError(`${where}: the parameter ${name} of ${stack.name} has no default`);
    }
    if (!Type.startsWith('AWS::SSM::Parameter::Value<')) return Default;
    for (const other of stacks) {
      for (const [id, resource] of Object.entries(other.template.Resources ?? {})) {
        if (resource.Type !== 'AWS::SSM::Parameter') continue;
        const parameter = referred(other, id);
        if (parameter.property('Name') === Default) return parameter.property('Value');
      }
    }
    throw new TemplateError(`${where}: no hosted stack has the SSM parameter ${String(Default)}`);
  }

  function outputValue(stack: Stack, name: string, where: string): unknown {
    const output = stack.template.Outputs?.[name];
    if (output === undefined)
      throw new TemplateError(`${where}: ${stack.name} has no output ${name}`);
    const place = `${stack.name}/Outputs.${name}`;
    return once(place, () => resolve(output.Value, stack, place));
  }

  function attributeOf(stack: Stack, logicalId: string, name: string, where: string): string {
    const { Type } = definitionOf(stack, logicalId, where);
    const reference = attributes[Type]?.[name];
    if (reference === undefined) {
      throw new TemplateError(`${where}: ${logicalId} (${Type}) has no known attribute ${name}`);
    }
    return reference(referred(stack, logicalId));
  }

  function referred(stack: Stack, logicalId: string): Referred {
    const { Type, Properties } = definitionOf(stack, logicalId, stack.name);
    const place = `${stack.name}/${logicalId}`;
    const property = (name: string): unknown => {
      const value = Properties?.[name];
      const where = `${place}.Properties.${name}`;
      return value === undefined ? undefined : once(where, () => resolve(value, stack, where));
    };
    return {
      stackName: stack.name,
      logicalId,
      accountId,
      region,
      property,
      secretArn: () => options.secretArn(secretName(stack.name, logicalId, property('Name'))),
      apiUrl: () =>
        options.apiUrl(stack.name, logicalId) ??
        executeApi(String(refs[Type]?.(referred(stack, logicalId)))),
    };
  }

  function executeApi(apiId: string): string {
    return `https://${apiId}.execute-api.${region}.${urlSuffix}`;
  }

  /** A value that needs itself would never end. */
  function once<T>(place: string, compute: () => T): T {
    if (underWay.has(place)) throw new TemplateError(`${place} refers to itself`);
    underWay.add(place);
    try {
      return compute();
    } finally {
      underWay.delete(place);
    }
  }

  function isPresent(stack: Stack, logicalId: string): boolean {
    const condition = stack.template.Resources?.[logicalId]?.Condition;
    return condition === undefined || scopeOf(stack, logicalId).condition(condition);
  }

  function definitionOf(stack: Stack, logicalId: string, where: string): TemplateResource {
    const resources = stack.template.Resources ?? {};
    const resource = Object.hasOwn(resources, logicalId) ? resources[logicalId] : undefined;
    if (resource === undefined) {
      throw new TemplateError(`${where}: ${stack.name} has no resource ${logicalId}`);
    }
    return resource;
  }

  function stackNamed(name: string): Stack {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new TemplateError(`there is no hosted stack ${name}`);
    return stack;
  }
}

/** The address at which the same port speaks the WebSocket protocol. */
function webSocketUrl(url: string): string {
  return url.replace(/^http/, 'ws');
}

/** The one account and region of all stacks. @throws TemplateError when they differ */
export function placeOf(stacks: readonly Stack[]): {
  readonly accountId: string;
  readonly region: string;
} {
  return {
    accountId: common(stacks, 'account', (stack) => stack.accountId) ?? defaultAccountId,
    region: common(stacks, 'region', (stack) => stack.region) ?? defaultRegion,
  };
}

/** The name of a secret, which its ARN and the store that holds it are derived from. */
export function secretName(stackName: string, logicalId: string, given: unknown): string {
  return typeof given === 'string' ? given : physicalName(stackName, logicalId, 256);
}

/** @throws TemplateError for a type or a property that is not hosted */
function checkType(where: string, { Type, Properties = {} }: TemplateResource): void {
  const treatment = treatmentOf(Type);
  if (treatment === 'noted') return;
  if (treatment === 'refused') throw new TemplateError(`${where}: ${Type} is not hosted`);
  const known = [...treatment.read, ...treatment.ignored];
  const unknown = Object.keys(Properties).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new TemplateError(`${where}: ${unknown.join(', ')} of ${Type} is not hosted`);
}

function common(
  stacks: readonly Stack[],
  what: string,
  read: (stack: Stack) => string | undefined,
): string | undefined {
  const values = new Set(stacks.map(read).filter((value) => value !== undefined));
  if (values.size <= 1) return [...values][0];
  throw new TemplateError(`the stacks differ in their ${what}: ${[...values].join(', ')}`);
}
