/** The answers that a REST API gives by itself, and what a template makes of them. */
import type { GatewayResponseSpec } from './api-spec.ts';
import { type GatewayAnswer, isSendable } from './gateway-answer.ts';
import { type GatewayRequest, headerValues, queryParameters } from './gateway-request.ts';

interface Default {
  readonly status: number;
  readonly message: string | null;
  /** `x-amzn-errortype` */
  readonly errorType: string;
}

/** The types that a template may configure. */
export type GatewayResponseType =
  | 'ACCESS_DENIED'
  | 'API_CONFIGURATION_ERROR'
  | 'AUTHORIZER_CONFIGURATION_ERROR'
  | 'AUTHORIZER_FAILURE'
  | 'BAD_REQUEST_BODY'
  | 'BAD_REQUEST_PARAMETERS'
  | 'DEFAULT_4XX'
  | 'DEFAULT_5XX'
  | 'EXPIRED_TOKEN'
  | 'INTEGRATION_FAILURE'
  | 'INTEGRATION_TIMEOUT'
  | 'INVALID_API_KEY'
  | 'INVALID_SIGNATURE'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'QUOTA_EXCEEDED'
  | 'REQUEST_TOO_LARGE'
  | 'RESOURCE_NOT_FOUND'
  | 'THROTTLED'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'WAF_FILTERED';

const defaults: Readonly<Record<GatewayResponseType, Default>> = {
  ACCESS_DENIED: d(403, 'User is not authorized to access this resource', 'AccessDeniedException'),
  API_CONFIGURATION_ERROR: d(500, 'Internal server error', 'InternalServerErrorException'),
  AUTHORIZER_CONFIGURATION_ERROR: d(500, null, 'AuthorizerConfigurationException'),
  AUTHORIZER_FAILURE: d(500, null, 'AuthorizerFailureException'),
  BAD_REQUEST_BODY: d(400, 'Invalid request body', 'BadRequestException'),
  BAD_REQUEST_PARAMETERS: d(400, 'Invalid request', 'BadRequestException'),
  EXPIRED_TOKEN: d(403, 'The security token is expired', 'ExpiredTokenException'),
  INTEGRATION_FAILURE: d(504, 'Internal server error', 'InternalServerErrorException'),
  INTEGRATION_TIMEOUT: d(504, 'Endpoint request timed out', 'InternalServerErrorException'),
  INVALID_API_KEY: d(403, 'Forbidden', 'ForbiddenException'),
  INVALID_SIGNATURE: d(403, 'The signature is invalid', 'InvalidSignatureException'),
  MISSING_AUTHENTICATION_TOKEN: d(
    403,
    'Missing Authentication Token',
    'MissingAuthenticationTokenException',
  ),
  QUOTA_EXCEEDED: d(429, 'Limit Exceeded', 'LimitExceededException'),
  REQUEST_TOO_LARGE: d(413, 'Request Too Long', 'RequestTooLongException'),
  RESOURCE_NOT_FOUND: d(404, 'Not Found', 'NotFoundException'),
  THROTTLED: d(429, 'Too Many Requests', 'TooManyRequestsException'),
  UNAUTHORIZED: d(401, 'Unauthorized', 'UnauthorizedException'),
  UNSUPPORTED_MEDIA_TYPE: d(415, 'Unsupported Media Type', 'UnsupportedMediaTypeException'),
  WAF_FILTERED: d(403, 'Forbidden', 'ForbiddenException'),
  DEFAULT_4XX: d(400, 'Bad Request', 'BadRequestException'),
  DEFAULT_5XX: d(500, 'Internal server error', 'InternalServerErrorException'),
};

function d(status: number, message: string | null, errorType: string): Default {
  return { status, message, errorType };
}

export const gatewayResponseTypes: ReadonlySet<string> = new Set(Object.keys(defaults));

export interface GatewayResponseFacts {
  readonly request: GatewayRequest;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$context`, without `error`; the authorizer's context under `authorizer.`. */
  readonly context: Readonly<Record<string, string>>;
  /** Said instead of the type's own message. */
  readonly message?: string | null;
  /** Status where neither the type nor the template decides: a malformed answer is 502. */
  readonly status?: number;
}

/** Ends a request with a gateway response. */
export interface Refusal {
  readonly type: GatewayResponseType;
  readonly message?: string;
  readonly status?: number;
  /** Context of the authorizer's answer. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

const defaultTemplates = { 'application/json': '{"message":$context.error.messageString}' };

/**
 * Renders a response. A type that the template does not configure takes status, headers and body of `DEFAULT_4XX` or
 * `DEFAULT_5XX`; one that it does configure inherits nothing. Templates are plain substitution.
 */
export function renderGatewayResponse(
  type: GatewayResponseType,
  configured: readonly GatewayResponseSpec[],
  facts: GatewayResponseFacts,
): GatewayAnswer {
  const builtIn = defaults[type];
  const status = facts.status ?? builtIn.status;
  const family = status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const spec =
    configured.find((candidate) => candidate.type === type) ??
    configured.find((candidate) => candidate.type === family);
  const message = facts.message === undefined ? builtIn.message : facts.message;
  const context: Readonly<Record<string, string>> = {
    ...facts.context,
    'error.message': message ?? '',
    'error.messageString': JSON.stringify(message),
    'error.responseType': type,
  };
  const templates =
    spec === undefined || Object.keys(spec.templates).length === 0
      ? defaultTemplates
      : spec.templates;
  const [contentType, template] = chooseTemplate(templates, facts.request);
  const headers = Object.entries(spec?.parameters ?? {}).flatMap(([parameter, source]) => {
    const value = headerValue(source, facts, context);
    const header = [parameter.slice('gatewayresponse.header.'.length), value ?? ''] as const;
    return value === undefined || !isSendable(header) ? [] : [header];
  });
  const own = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status: spec?.statusCode ?? status,
    headers: [
      ...(own ? [] : [['content-type', contentType] as const]),
      ['x-amzn-errortype', builtIn.errorType],
      ...headers,
    ],
    body: Buffer.from(substitute(template, context, facts.stageVariables)),
  };
}

function chooseTemplate(
  templates: Readonly<Record<string, string>>,
  request: GatewayRequest,
): readonly [string, string] {
  const accepted = headerValues(request.headers, 'accept').join(',').split(/[,;]/);
  const entries = Object.entries(templates);
  return (
    entries.find(([type]) => accepted.some((wanted) => wanted.trim() === type)) ??
    entries.find(([type]) => type === 'application/json') ??
    entries[0] ?? ['application/json', '']
  );
}

/** Variables without a value become nothing. */
function substitute(
  template: string,
  context: Readonly<Record<string, string>>,
  stageVariables: Readonly<Record<string, string>>,
): string {
  return template.replace(
    /\$(\{?)(context|stageVariables)\.([\w-]+(?:\.[\w-]+)*)(\}?)/g,
    (_, open: string, map: string, name: string, close: string) => {
      const value = lookUp(map === 'context' ? context : stageVariables, name) ?? '';
      // A brace that was not opened is the template's own.
      return open === '' ? `${value}${close}` : value;
    },
  );
}

function headerValue(
  source: string,
  { request, pathParameters, stageVariables }: GatewayResponseFacts,
  context: Readonly<Record<string, string>>,
): string | undefined {
  const text = /^'(.*)'$/s.exec(source)?.[1];
  if (text !== undefined) return text;
  const [, place, name = ''] =
    /^(?:method\.request\.(header|querystring|path)|stageVariables|context)\.(.+)$/s.exec(source) ??
    [];
  switch (place) {
    case 'header':
      return headerValues(request.headers, name).at(-1);
    case 'querystring':
      return queryParameters(request).findLast(([key]) => key === name)?.[1];
    case 'path':
      return lookUp(pathParameters, name);
    default:
      return lookUp(source.startsWith('context.') ? context : stageVariables, name);
  }
}

function lookUp(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
