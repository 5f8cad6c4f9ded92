import type { MockIntegrationSpec } from './api-spec.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import { type GatewayRequest, headerValues } from './gateway-request.ts';

/**
 * Answers a MOCK integration: the request template of the body's type names a status, which selects a response. Without
 * a template the body itself is read instead, unless the integration forbids that.
 */
export function mockAnswer(
  mock: MockIntegrationSpec,
  request: GatewayRequest,
): GatewayAnswer | 'unsupported-media-type' | 'misconfigured' {
  const sent = headerValues(request.headers, 'content-type').at(-1) ?? 'application/json';
  const mediaType = (sent.split(';')[0] ?? '').trim().toLowerCase();
  const template = mock.requestTemplates[mediaType];
  if (template === undefined) {
    const hasTemplates = Object.keys(mock.requestTemplates).length > 0;
    const { passthroughBehavior } = mock;
    if (passthroughBehavior === 'NEVER') return 'unsupported-media-type';
    if (passthroughBehavior === 'WHEN_NO_TEMPLATES' && hasTemplates) {
      return 'unsupported-media-type';
    }
  }
  // Templates are written without quotes as often as with them.
  const status = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(template ?? request.body.toString())?.[1];
  if (status === undefined) return 'misconfigured';
  const selected =
    mock.responses.find(
      ({ selectionPattern }) =>
        selectionPattern !== undefined && new RegExp(`^(?:${selectionPattern})$`).test(status),
    ) ?? mock.responses.find(({ selectionPattern }) => selectionPattern === undefined);
  if (selected === undefined) return 'misconfigured';
  const [contentType = 'application/json', body = ''] =
    Object.entries(selected.templates).find(([type]) => type === 'application/json') ??
    Object.entries(selected.templates)[0] ??
    [];
  const hasType = Object.keys(selected.headers).some((name) => /^content-type$/i.test(name));
  return {
    status: selected.statusCode,
    headers: [
      ...Object.entries(selected.headers),
      ...(hasType ? [] : [['content-type', contentType] as const]),
    ],
    body: Buffer.from(body),
  };
}
