import { type CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A resource's properties as its template will have them: nothing is lazy any more, and overrides count. */
export function rendered(resource: CfnResource): Readonly<Record<string, unknown>> {
  // The only place that knows of overrides; the types of the library hide it.
  const element = resource as unknown as { _toCloudFormation(): object };
  const { Resources = {} } = Stack.of(resource).resolve(element._toCloudFormation()) as {
    readonly Resources?: Readonly<
      Record<string, { readonly Properties?: Record<string, unknown> }>
    >;
  };
  return Object.values(Resources)[0]?.Properties ?? {};
}

/**
 * The resource that a value refers to (`Ref`, `Fn::GetAtt`, alone or inside a text), in whichever stack it stands. Two
 * stacks may use one logical id for two things, so what a template says does not tell.
 */
export function referenced(value: unknown): IConstruct | undefined {
  if (typeof value !== 'string') return undefined;
  const [reference, ...more] = Tokenization.reverseString(value).tokens.filter(
    Reference.isReference,
  );
  return more.length === 0 ? reference?.target : undefined;
}
