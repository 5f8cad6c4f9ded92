import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A text with references as findings of cdk-nag spell it: `arn:<AWS::Partition>:…`. */
export function flatReference(scope: IConstruct, text: string): string {
  return flat(Stack.of(scope).resolve(text));
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as {
    readonly Ref?: string;
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  };
  if (join !== undefined) return join[1].map(flat).join(join[0]);
  return `<${Ref}>`;
}
