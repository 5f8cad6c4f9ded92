import { lambdaArn } from './lambda-uri.ts';
import { nestedProperties, type Properties, propertiesOf } from './properties.ts';
import type { ResolvedAssembly } from './resolve-assembly.ts';

/** A rule that fires at a rate. */
export interface ScheduledRuleSpec {
  readonly logicalId: string;
  readonly arn: string;
  readonly periodSeconds: number;
  readonly targets: readonly RuleTargetSpec[];
}

export interface RuleTargetSpec {
  readonly functionArn: string;
  /** JSON text that the function gets in place of the event. */
  readonly input: string | undefined;
}

/** The rules of an assembly that are enabled. @throws TemplateError for one that is more than a rate for functions */
export function scheduledRuleSpecs({ resources }: ResolvedAssembly): readonly ScheduledRuleSpec[] {
  return resources
    .filter(({ type }) => type === 'AWS::Events::Rule')
    .flatMap((resource) => {
      const properties = propertiesOf(resource);
      if (properties.has('EventPattern')) properties.fail('an event pattern is not hosted');
      properties.only('EventBusName', 'default');
      properties.only('State', 'ENABLED', 'DISABLED');
      const rule = {
        logicalId: resource.logicalId,
        arn: resource.attribute('Arn'),
        periodSeconds: periodSeconds(properties),
        targets: properties.list('Targets').map((target) => ruleTarget(target, properties.where)),
      };
      return properties.textOr('State', 'ENABLED') === 'ENABLED' ? [rule] : [];
    });
}

const unitSeconds: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };

/** One has a singular unit, more have a plural: EventBridge takes nothing else. */
function periodSeconds(properties: Properties): number {
  const expression = properties.text('ScheduleExpression');
  const [, count, unit = '', plural] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const seconds = unitSeconds[unit];
  if (seconds === undefined || (count === '1') !== (plural === '')) {
    return properties.fail(
      `the schedule ${expression} is not hosted: only rate(1 minute), rate(2 hours) and the like`,
    );
  }
  return Number(count) * seconds;
}

function ruleTarget(value: unknown, where: string): RuleTargetSpec {
  // How often a delivery is tried again matters to nobody: one to a hosted function does not fail on its way.
  const members = ['Arn', 'Id', 'Input', 'RetryPolicy'];
  const properties = nestedProperties(value, `${where}.Targets`, members);
  const input = properties.textOr('Input', undefined);
  if (input !== undefined && !isJson(input)) properties.fail('Input must be JSON');
  return { functionArn: lambdaArn(properties, 'Arn'), input };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
