import type { TableSpec } from '../dynamodb/create-tables.ts';
import { nestedProperties, type Properties, propertiesOf } from './properties.ts';
import { type ResolvedAssembly, secretName } from './resolve-assembly.ts';

/** The tables of an assembly. @throws TemplateError */
export function tableSpecs({ resources }: ResolvedAssembly): readonly TableSpec[] {
  return resources
    .filter(({ type }) => type === 'AWS::DynamoDB::GlobalTable' || type === 'AWS::DynamoDB::Table')
    .map((resource) => {
      const properties = propertiesOf(resource);
      checkReplicas(properties);
      for (const attribute of nested(properties, 'AttributeDefinitions', attributeMembers)) {
        attribute.only('AttributeType', 'S');
      }
      const keys = nested(properties, 'KeySchema', ['AttributeName', 'KeyType']);
      const named = (kind: string): string | undefined =>
        keys.find((key) => key.text('KeyType') === kind)?.text('AttributeName');
      const sortKey = named('RANGE');
      return {
        name: resource.ref,
        partitionKey: named('HASH') ?? properties.fail('KeySchema has no partition key'),
        ...(sortKey === undefined ? {} : { sortKey }),
      };
    });
}

const attributeMembers = ['AttributeName', 'AttributeType'];

function nested(properties: Properties, name: string, members: readonly string[]): Properties[] {
  return properties
    .list(name)
    .map((item) => nestedProperties(item, `${properties.where}.${name}`, members));
}

/** One Region is hosted; what a replica says beyond its Region concerns recovery and protection. */
function checkReplicas(properties: Properties): void {
  if (properties.list('Replicas').length > 1) properties.fail('replicas are not hosted');
  nested(properties, 'Replicas', [
    ...['Region', 'DeletionProtectionEnabled', 'PointInTimeRecoverySpecification'],
    ...['ContributorInsightsSpecification', 'SSESpecification', 'TableClass', 'Tags'],
    'ReadOnDemandThroughputSettings',
  ]);
}

export interface SecretSpec {
  readonly name: string;
  /** Its first value. */
  readonly value: string;
}

/** The secrets of an assembly. @throws TemplateError */
export function secretSpecs({ resources }: ResolvedAssembly): readonly SecretSpec[] {
  return resources
    .filter(({ type }) => type === 'AWS::SecretsManager::Secret')
    .map((resource) => ({
      name: secretName(resource.stackName, resource.logicalId, resource.properties.Name),
      value: propertiesOf(resource).text('SecretString'),
    }));
}

export interface RotationScheduleSpec {
  readonly secretArn: string;
  readonly functionArn: string;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly isImmediate: boolean;
}

/** The rotation schedules of an assembly. @throws TemplateError */
export function rotationScheduleSpecs({
  resources,
}: ResolvedAssembly): readonly RotationScheduleSpec[] {
  return resources
    .filter(({ type }) => type === 'AWS::SecretsManager::RotationSchedule')
    .map((resource) => {
      const properties = propertiesOf(resource);
      return {
        secretArn: properties.text('SecretId'),
        functionArn: properties.text('RotationLambdaARN'),
        rules: (resource.properties.RotationRules ?? {}) as Readonly<Record<string, unknown>>,
        isImmediate:
          !properties.has('RotateImmediatelyOnUpdate') ||
          properties.flag('RotateImmediatelyOnUpdate'),
      };
    });
}

/** The SSM parameters of an assembly: name → value. @throws TemplateError */
export function parameterValues({ resources }: ResolvedAssembly): ReadonlyMap<string, string> {
  return new Map(
    resources
      .filter(({ type }) => type === 'AWS::SSM::Parameter')
      .map((resource) => {
        const properties = propertiesOf(resource);
        properties.only('Type', 'String', 'StringList');
        return [resource.ref, properties.text('Value')] as const;
      }),
  );
}
