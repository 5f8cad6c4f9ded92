import type { HttpProxySpec, MappingSource, RequestMapping } from '../gateway/http-proxy-spec.ts';
import { backendUri } from './backend-uri.ts';
import type { Properties } from './properties.ts';

/** Headers that HTTP APIs let nobody map, neither as a place nor as a value. */
const reserved: ReadonlySet<string> = new Set([
  ...['authorization', 'connection', 'content-encoding', 'content-length', 'content-location'],
  ...['forwarded', 'keep-alive', 'origin', 'proxy-authenticate', 'proxy-authorization', 'te'],
  ...['trailers', 'transfer-encoding', 'upgrade', 'via'],
  // Not on AWS's list; they belong to the connection here.
  ...['expect', 'proxy-connection', 'trailer'],
]);
const reservedPrefixes = ['access-control-', 'apigw-', 'x-amz-', 'x-amzn-', 'x-forwarded-'];

const contextNames: ReadonlySet<string> = new Set([
  ...['accountId', 'apiId', 'domainName', 'httpMethod', 'path', 'protocol', 'requestId'],
  ...['routeKey', 'stage', 'identity.sourceIp', 'identity.userAgent'],
]);

/** An HTTP_PROXY integration of an HTTP API. Placeholders of its URI take the route's parameters. @throws TemplateError */
export function httpProxy(properties: Properties): HttpProxySpec {
  properties.only('PayloadFormatVersion', '1.0');
  const { origin, pathTemplate, placeholders } = backendUri(properties, 'IntegrationUri');
  const places = new Set<string>();
  const mappings = Object.entries(properties.textMap('RequestParameters')).map(
    ([key, value]): RequestMapping => {
      const [, action, name = ''] =
        /^(overwrite|append|remove):header\.([\w.$-]+)$/.exec(key) ?? [];
      if (name === '') return properties.fail(`the request parameter ${key} is not hosted`);
      checkReserved(properties, key, name);
      const spelling = name.toLowerCase();
      if (places.has(spelling)) properties.fail(`${key}: the header has two mappings`);
      places.add(spelling);
      if (action === 'remove') {
        if (value !== '' && value !== "''") properties.fail(`${key} takes no value`);
        return { action, place: 'header', name };
      }
      const source = sourceOf(properties, key, value);
      return {
        action: action === 'append' ? 'append' : 'overwrite',
        place: 'header',
        name,
        source,
      };
    },
  );
  return {
    ...{ origin, pathTemplate },
    httpMethod: properties.text('IntegrationMethod'),
    timeoutMilliseconds: properties.number('TimeoutInMillis', 30_000),
    mappings: [
      ...mappings,
      ...[...new Set(placeholders)].map(
        (name): RequestMapping => ({
          ...{ action: 'overwrite', place: 'path', name, source: { kind: 'path', name } },
        }),
      ),
    ],
  };
}

function sourceOf(properties: Properties, key: string, value: string): MappingSource {
  // Text with a variable in the middle of it has a syntax of its own.
  if (!value.includes('$')) return { kind: 'static', text: value };
  const expression = /^\$(?:\{([^{}$]+)\}|([^{}$]+))$/.exec(value);
  const [, place, name = ''] =
    /^(request\.header|context|stageVariables)\.([\w.-]+)$/.exec(
      expression?.[1] ?? expression?.[2] ?? '',
    ) ?? [];
  switch (place) {
    case 'request.header':
      checkReserved(properties, key, name);
      return { kind: 'header', name };
    case 'stageVariables':
      return { kind: 'stageVariable', name };
    case 'context':
      if (/^authorizer\.[\w-]+$/.test(name) || contextNames.has(name)) {
        return { kind: 'context', name };
      }
  }
  return properties.fail(`${key}: the value ${value} is not hosted`);
}

function checkReserved(properties: Properties, key: string, header: string): void {
  const lower = header.toLowerCase();
  if (!reserved.has(lower) && !reservedPrefixes.some((prefix) => lower.startsWith(prefix))) return;
  properties.fail(`${key}: the header ${header} is reserved and cannot be mapped`);
}
