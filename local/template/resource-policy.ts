import { addressRanges } from '../gateway/address-range.ts';
import type {
  ResourcePolicySpec,
  ResourceStatementSpec,
  SourceIpCondition,
} from '../gateway/resource-policy.ts';
import { partition } from './physical-name.ts';
import { nestedProperties, type Properties } from './properties.ts';

/**
 * The resource policy of a REST API; `undefined` where it has none. Whatever is not understood stops the start: to ignore
 * a condition would widen access.
 * @param apiArn `arn:aws:execute-api:region:account:api`, which the short form of a resource stands for
 * @throws TemplateError
 */
export function readResourcePolicy(
  properties: Properties,
  apiArn: string,
): ResourcePolicySpec | undefined {
  const policy = properties.nested('Policy', ['Version', 'Id', 'Statement']);
  if (policy === undefined) return undefined;
  policy.only('Version', '2012-10-17', '2008-10-17');
  const statements = policy
    .list('Statement')
    .map((statement) => nestedProperties(statement, `${policy.where}.Statement`, members))
    .map((statement) => readStatement(statement, apiArn));
  if (statements.length === 0) policy.fail('Statement is empty');
  return { statements };
}

const members = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

function readStatement(statement: Properties, apiArn: string): ResourceStatementSpec {
  const effect = statement.text('Effect');
  if (effect !== 'Allow' && effect !== 'Deny') {
    return statement.fail(`the effect ${effect} is not known`);
  }
  if (!statement.has('Principal')) statement.fail('Principal is missing');
  statement.only('Principal', '*', { AWS: '*' }, { AWS: ['*'] });
  for (const action of some(statement, 'Action')) {
    if (action.toLowerCase() !== 'execute-api:invoke') {
      statement.fail(`the action ${action} is not hosted`);
    }
  }
  const resources = some(statement, 'Resource').map((resource) =>
    wholeArn(statement, resource, apiArn),
  );
  return { effect, resources, conditions: readConditions(statement) };
}

function some(statement: Properties, name: string): readonly string[] {
  const values = statement.oneOrMore(name);
  return values.length > 0 ? values : statement.fail(`${name} is missing`);
}

function wholeArn(statement: Properties, resource: string, apiArn: string): string {
  if (resource.includes('${')) statement.fail(`policy variables are not hosted: ${resource}`);
  const short = 'execute-api:/';
  if (resource.startsWith(short)) return `${apiArn}/${resource.slice(short.length)}`;
  if (resource !== '*' && !resource.startsWith(`arn:${partition}:execute-api:`)) {
    statement.fail(`the resource ${resource} is not hosted`);
  }
  return resource;
}

function readConditions(statement: Properties): readonly SourceIpCondition[] {
  const condition = statement.nested('Condition', ['IpAddress', 'NotIpAddress']);
  return ['IpAddress', 'NotIpAddress'].flatMap((operator) => {
    const keys = condition?.nested(operator, ['aws:SourceIp']);
    if (keys === undefined) return [];
    const ranges = some(keys, 'aws:SourceIp');
    const compiled = addressRanges(ranges);
    if (typeof compiled === 'string') keys.fail(`${compiled} is no address range`);
    return [{ isNegated: operator === 'NotIpAddress', ranges }];
  });
}
