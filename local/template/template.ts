/** A synthesized CloudFormation template, as far as the runner reads it. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

interface TemplateParameter {
  readonly Type: string;
  readonly Default?: unknown;
}

/** What a person has to change in the app (or in the runner) before the template can be hosted: one sentence. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Sections that say nothing about what runs; `Rules` are CDK's check of its own bootstrap. */
const sections: ReadonlySet<string> = new Set([
  ...['Resources', 'Outputs', 'Parameters', 'Conditions', 'Mappings'],
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Rules'],
]);

/** @throws TemplateError for a section that would change what is deployed */
export function parseTemplate(text: string, stackName: string): Template {
  const template = JSON.parse(text) as Template;
  const unknown = Object.keys(template).filter((section) => !sections.has(section));
  if (unknown.length > 0) {
    throw new TemplateError(`stack ${stackName}: the section ${unknown.join(', ')} is not hosted`);
  }
  return template;
}
