import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrdersStack } from '../../infra/demo/orders-stack.ts';
import { Keyward, type KeywardProps } from '../../infra/keyward.ts';

/** The templates of the app, synthesized in this process. */
export function synthesized(
  props: KeywardProps = {},
  context: Readonly<Record<string, unknown>> = {},
): { readonly keyward: Template; readonly demo: Template } {
  const app = new App({ context: { ...context } });
  const stack = new Stack(app, 'Keyward');
  const keyward = new Keyward(stack, 'Keyward', props);
  const demo = new OrdersStack(app, 'KeywardDemo', { keyward });
  return { keyward: Template.fromStack(stack), demo: Template.fromStack(demo) };
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every statement of the role of one function, by the function's description. */
export function statementsOf(template: Template, description: string): readonly Statement[] {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const found = functions.filter(({ Properties }) => Properties.Description === description);
  if (found.length !== 1)
    throw new Error(`${found.length} functions are described "${description}"`);
  const role = found[0]?.Properties.Role['Fn::GetAtt'][0] as string;
  const inline = template.toJSON().Resources[role].Properties;
  if (inline.ManagedPolicyArns !== undefined || inline.Policies !== undefined) {
    throw new Error(`${description}: a role has nothing but its policy`);
  }
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some((one: { Ref: string }) => one.Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

/** `action keys: attributes` of every statement, without the function's own log group. */
export function allowed(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ Action }) => !JSON.stringify(Action).includes('logs:'))
    .flatMap(({ Effect, Action, Condition }) => {
      if (Effect !== 'Allow') throw new Error(`a statement that says ${Effect}`);
      const keys = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
      const stage = Condition?.StringEquals?.['secretsmanager:VersionStage'];
      const attributes = Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
      const isPresent = (key: string) => Condition?.Null?.[key] === 'false';
      // ForAllValues is true for an absent key: without the second half the condition holds nothing back.
      if (
        (keys !== undefined && !isPresent('dynamodb:LeadingKeys')) ||
        (attributes !== undefined && !isPresent('dynamodb:Attributes'))
      ) {
        throw new Error('a condition that holds nothing back');
      }
      const named = attributes === undefined ? '' : `:${suffix(attributes)}`;
      return [Action].flat().map((action) => `${action}${suffix(keys)}${named}${suffix(stage)}`);
    })
    .sort();
}

function suffix(value: unknown): string {
  return value === undefined ? '' : ` ${[value].flat().join(' ')}`;
}
