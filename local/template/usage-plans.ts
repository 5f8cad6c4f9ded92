import { randomBytes } from 'node:crypto';
import type { RestApiSpec } from '../gateway/api-spec.ts';
import { methodKey } from '../gateway/usage-plans.ts';
import type {
  ApiKeySpec,
  PlannedStageSpec,
  QuotaSpec,
  ThrottleSpec,
  UsagePlanSpec,
} from '../gateway/usage-spec.ts';
import { nestedProperties, type Properties, propertiesOf } from './properties.ts';
import type { ResolvedAssembly, Resource } from './resolve-assembly.ts';

/** The usage plans of an assembly with their keys. A value that the template leaves open is drawn. @throws TemplateError */
export function usagePlanSpecs(
  { resources }: ResolvedAssembly,
  apis: readonly RestApiSpec[],
): readonly UsagePlanSpec[] {
  const ofType = (type: string): readonly Resource[] =>
    resources.filter((resource) => resource.type === `AWS::ApiGateway::${type}`);
  const keys = new Map<string, ApiKeySpec>();
  const values = new Set<string>();
  for (const resource of ofType('ApiKey')) {
    const key = readKey(resource);
    if (values.has(key.value)) propertiesOf(resource).fail('another API key has the same Value');
    values.add(key.value);
    keys.set(key.keyId, key);
  }
  const members = new Map(ofType('UsagePlan').map(({ ref }) => [ref, new Set<ApiKeySpec>()]));
  for (const resource of ofType('UsagePlanKey')) {
    const properties = propertiesOf(resource);
    properties.only('KeyType', 'API_KEY');
    const key = keys.get(properties.text('KeyId'));
    const plan = members.get(properties.text('UsagePlanId'));
    if (key === undefined) properties.fail('KeyId names no API key of the templates');
    else if (plan === undefined) properties.fail('UsagePlanId names no plan of the templates');
    else plan.add(key);
  }
  const plans = ofType('UsagePlan').map((resource) =>
    readPlan(resource, [...(members.get(resource.ref) ?? [])], apis),
  );
  for (const resource of ofType('UsagePlanKey')) checkOnePlan(resource, plans);
  return plans;
}

function readKey(resource: Resource): ApiKeySpec {
  const properties = propertiesOf(resource);
  const value = properties.textOr('Value', undefined) ?? randomBytes(20).toString('hex');
  if (value.length < 20 || value.length > 128) {
    properties.fail('Value must have 20 to 128 characters');
  }
  return {
    logicalId: resource.logicalId,
    keyId: resource.ref,
    value,
    // A key that nobody enabled is disabled.
    isEnabled: properties.flag('Enabled'),
  };
}

function readPlan(
  resource: Resource,
  keys: readonly ApiKeySpec[],
  apis: readonly RestApiSpec[],
): UsagePlanSpec {
  const properties = propertiesOf(resource);
  return {
    planId: resource.ref,
    stages: properties
      .list('ApiStages')
      .map((stage) =>
        nestedProperties(stage, `${properties.where}.ApiStages`, ['ApiId', 'Stage', 'Throttle']),
      )
      .map((stage) => readStage(stage, apis)),
    throttle: readThrottle(properties.nested('Throttle', throttleMembers)),
    quota: readQuota(properties.nested('Quota', ['Limit', 'Period', 'Offset'])),
    keys,
  };
}

function readStage(stage: Properties, apis: readonly RestApiSpec[]): PlannedStageSpec {
  const apiId = stage.text('ApiId');
  const stageName = stage.text('Stage');
  const api =
    apis.find((each) => each.apiId === apiId) ?? stage.fail('ApiId names no hosted REST API');
  if (!api.stages.some(({ name }) => name === stageName)) {
    stage.fail(`${api.logicalId} has no stage ${stageName}`);
  }
  const methods = api.methods.map(({ path, httpMethod }) => methodKey(path, httpMethod));
  // Members that are not listed are refused: what names no method would limit nothing.
  const throttles = stage.nested('Throttle', methods);
  return {
    apiId,
    stageName,
    methodThrottles: new Map(
      methods.flatMap((method) => {
        const throttle = readThrottle(throttles?.nested(method, throttleMembers));
        return throttle === undefined ? [] : [[method, throttle] as const];
      }),
    ),
  };
}

const throttleMembers = ['RateLimit', 'BurstLimit'];

function readThrottle(throttle: Properties | undefined): ThrottleSpec | undefined {
  if (throttle === undefined) return undefined;
  // What one without the other means, AWS does not say.
  for (const member of throttleMembers) {
    if (!throttle.has(member) || throttle.number(member, 0) < 0) {
      throttle.fail(`${member} must be a number of at least 0`);
    }
  }
  return {
    ratePerSecond: throttle.number('RateLimit', 0),
    burst: throttle.number('BurstLimit', 0),
  };
}

/** The days on which a period may begin, beyond its first. */
const offsetDaysMax = { DAY: 0, WEEK: 6, MONTH: 27 } as const;

/**
 * `Offset` is the day on which a period begins, 1 for Monday in a week. AWS also describes it as a number of requests
 * taken off the first period, which does not go together with the values that it accepts: the days of a period.
 */
function readQuota(quota: Properties | undefined): QuotaSpec | undefined {
  if (quota === undefined) return undefined;
  const period = quota.text('Period');
  if (period !== 'DAY' && period !== 'WEEK' && period !== 'MONTH') {
    return quota.fail(`the period ${period} is not known`);
  }
  const limit = quota.number('Limit', -1);
  if (!Number.isInteger(limit) || limit < 0) quota.fail('Limit must be a whole number');
  const offsetDays = quota.number('Offset', 0);
  if (!Number.isInteger(offsetDays) || offsetDays < 0 || offsetDays > offsetDaysMax[period]) {
    quota.fail(`Offset must be 0 to ${offsetDaysMax[period]} in a ${period}`);
  }
  return { limit, period, offsetDays };
}

/** A key may be in several plans, but in one for each stage: which of them would count? */
function checkOnePlan(resource: Resource, plans: readonly UsagePlanSpec[]): void {
  const { KeyId } = resource.properties;
  const stages = plans
    .filter(({ keys }) => keys.some(({ keyId }) => keyId === KeyId))
    .flatMap((plan) => plan.stages.map(({ apiId, stageName }) => `${apiId}/${stageName}`));
  if (new Set(stages).size === stages.length) return;
  propertiesOf(resource).fail('the key is in two usage plans of one stage');
}
