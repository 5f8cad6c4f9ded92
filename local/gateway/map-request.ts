import { isSendable } from './gateway-answer.ts';
import {
  forwardedHeaders,
  type GatewayRequest,
  headerValues,
  queryParameters,
} from './gateway-request.ts';
import type { HttpProxySpec, MappingSource } from './http-proxy-spec.ts';

export interface MappingFacts {
  readonly request: GatewayRequest;
  /** Template of the route: `/files/{rest+}`. */
  readonly resourcePath: string;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$context`, with the authorizer's context under `authorizer.`. */
  readonly context: Readonly<Record<string, string>>;
}

/** What a backend is sent, but for `Host` and the length of the body. */
export interface IntegrationRequest {
  readonly method: string;
  /** With its query string. */
  readonly target: string;
  readonly headers: GatewayRequest['headers'];
}

/**
 * Makes the request of an HTTP_PROXY integration. Everything that the client sent goes on, but for what is mapped. All
 * mappings read what the client sent, none reads what another one wrote.
 *
 * A header or a query parameter that is overwritten loses every copy that the client sent, however it is spelt. AWS's
 * documents do not say what is sent where the mapped value is absent, say a member that the authorizer did not put into
 * its context. Here the place stays empty then: the client's own value would speak in the authorizer's name.
 *
 * @returns `undefined` where a placeholder of the path has no value: the path would lead to another resource
 */
export function mapRequest(
  spec: HttpProxySpec,
  facts: MappingFacts,
): IntegrationRequest | undefined {
  const { request } = facts;
  const cleared = new Set<string>();
  const clearedQuery = new Set<string>();
  const headers: (readonly [string, string])[] = [];
  const query: string[] = [];
  const path = new Map<string, string>();
  for (const mapping of spec.mappings) {
    const { name } = mapping;
    const value = mapping.action === 'remove' ? '' : (mappedValue(mapping.source, facts) ?? '');
    if (mapping.place === 'header') {
      if (mapping.action !== 'append') cleared.add(name.toLowerCase());
      // What cannot be a header, a value with a line break for one, is as good as absent.
      if (value !== '' && isSendable([name, value])) headers.push([name, value]);
    } else if (mapping.place === 'querystring') {
      clearedQuery.add(name);
      if (value !== '') query.push(`${encoded(name)}=${encoded(value)}`);
    } else if (value === '') {
      return undefined;
    } else {
      path.set(name, encodedSegment(value, mapping.source, facts.resourcePath));
    }
  }
  const sent = forwardedHeaders(request).filter(
    ([name]) => !cleared.has(name.toLowerCase()) && !replaced.has(name.toLowerCase()),
  );
  const search = [...queryWithout(request, clearedQuery), ...query].join('&');
  const filled = spec.pathTemplate.replace(
    /\{([^{}]+)\}/g,
    (_, name: string) => path.get(name) ?? '',
  );
  return {
    method: spec.httpMethod === 'ANY' ? request.method : spec.httpMethod,
    target: search === '' ? filled : `${filled}?${search}`,
    headers: [...sent, ...headers],
  };
}

/** What the connection to the backend says for itself. */
const replaced: ReadonlySet<string> = new Set(['host', 'content-length']);

function mappedValue(source: MappingSource, facts: MappingFacts): string | undefined {
  const { request, pathParameters, stageVariables, context } = facts;
  switch (source.kind) {
    case 'static':
      return source.text;
    case 'header': {
      const values = headerValues(request.headers, source.name);
      return values.length === 0 ? undefined : values.join(',');
    }
    case 'querystring': {
      const values = queryParameters(request).filter(([key]) => key === source.name);
      return values.length === 0 ? undefined : values.map(([, value]) => value).join(',');
    }
    case 'path':
      return lookUp(pathParameters, source.name);
    case 'context':
      return lookUp(context, source.name);
    case 'stageVariable':
      return lookUp(stageVariables, source.name);
  }
}

/** Only what a greedy parameter took may hold slashes: `/orders/{id}` must not lead to another resource. */
function encodedSegment(value: string, source: MappingSource, resourcePath: string): string {
  const isGreedy = source.kind === 'path' && resourcePath.includes(`{${source.name}+}`);
  return isGreedy ? value.split('/').map(encoded).join('/') : encoded(value);
}

/** A context may hold half a surrogate pair, which has no encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The query string as it was sent, without some of its parameters. */
function queryWithout(request: GatewayRequest, names: ReadonlySet<string>): readonly string[] {
  return request.rawQueryString
    .split('&')
    .filter((part) => part !== '' && !names.has([...new URLSearchParams(part)][0]?.[0] ?? ''));
}

function lookUp(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
