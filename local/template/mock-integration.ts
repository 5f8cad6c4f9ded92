import type { MockIntegrationSpec } from '../gateway/api-spec.ts';
import { nestedProperties, type Properties } from './properties.ts';

/** A MOCK integration whose templates are plain text, as CDK writes them for preflights. @throws TemplateError */
export function mockIntegration(integration: Properties): MockIntegrationSpec {
  const requestTemplates = integration.textMap('RequestTemplates');
  for (const template of Object.values(requestTemplates)) plain(integration, template);
  const responses = integration.list('IntegrationResponses').map((item) => {
    const response = nestedProperties(item, `${integration.where}.IntegrationResponses`, [
      ...['StatusCode', 'SelectionPattern', 'ResponseParameters', 'ResponseTemplates'],
    ]);
    const templates = response.textMap('ResponseTemplates');
    for (const template of Object.values(templates)) plain(response, template);
    return {
      statusCode: response.number('StatusCode', 200),
      selectionPattern: response.textOr('SelectionPattern', undefined),
      headers: staticHeaders(response),
      templates,
    };
  });
  return {
    requestTemplates,
    passthroughBehavior: integration.textOr('PassthroughBehavior', 'WHEN_NO_MATCH'),
    responses,
  };
}

function staticHeaders(response: Properties): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(response.textMap('ResponseParameters')).map(([parameter, value]) => {
      const name = /^method\.response\.header\.([\w-]+)$/.exec(parameter)?.[1];
      const text = /^'(.*)'$/s.exec(value)?.[1];
      if (name === undefined || text === undefined) {
        return response.fail(`${parameter}: ${value} is not hosted, only headers of static text`);
      }
      return [name, text];
    }),
  );
}

function plain(properties: Properties, template: string): void {
  if (/#\w|\$\w/.test(template)) properties.fail('templates of a MOCK may only be plain text');
}
