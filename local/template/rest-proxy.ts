import type { HttpProxySpec, MappingSource, RequestMapping } from '../gateway/http-proxy-spec.ts';
import { backendUri } from './backend-uri.ts';
import type { Properties } from './properties.ts';

/** Headers that the connection to a backend sets for itself. */
const ofTheConnection: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'expect', 'keep-alive', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade'],
]);

/** What an integration may read of `$context` beside the context of an authorizer. */
const contextNames: ReadonlySet<string> = new Set([
  ...['accountId', 'apiId', 'domainName', 'extendedRequestId', 'httpMethod', 'path', 'protocol'],
  ...['requestId', 'requestTimeEpoch', 'resourceId', 'resourcePath', 'stage'],
  ...['identity.apiKey', 'identity.apiKeyId', 'identity.sourceIp', 'identity.userAgent'],
]);

/** An HTTP_PROXY integration of a REST API. @param path template of the method's resource @throws TemplateError */
export function restProxy(
  integration: Properties,
  method: Properties,
  path: string,
): HttpProxySpec {
  integration.only('RequestTemplates', {});
  integration.only('IntegrationResponses', []);
  const { origin, pathTemplate, placeholders } = backendUri(integration, 'Uri');
  // A method request parameter has to be declared before it can be mapped; AWS refuses the deployment otherwise.
  const declared = Object.keys(method.textMap('RequestParameters'));
  const places = new Set<string>();
  const mappings = Object.entries(integration.textMap('RequestParameters')).map(
    ([key, value]): RequestMapping => {
      const [, place, name = ''] =
        /^integration\.request\.(header|querystring|path)\.([\w.$-]+)$/.exec(key) ?? [];
      if (place !== 'header' && place !== 'querystring' && place !== 'path') {
        return integration.fail(`the request parameter ${key} is not hosted`);
      }
      const spelling = place === 'header' ? name.toLowerCase() : name;
      if (places.has(`${place}.${spelling}`)) integration.fail(`${key} is mapped twice`);
      places.add(`${place}.${spelling}`);
      if (place === 'header' && ofTheConnection.has(spelling)) {
        integration.fail(`${key} belongs to the connection and cannot be mapped`);
      }
      if (place === 'path' && !placeholders.includes(name)) {
        integration.fail(`${key} has no place in Uri`);
      }
      return { action: 'overwrite', place, name, source: sourceOf(key, value) };
    },
  );
  const open = placeholders.find((placeholder) => !places.has(`path.${placeholder}`));
  if (open !== undefined)
    integration.fail(`{${open}} of Uri has no integration.request.path.${open}`);
  return {
    ...{ origin, pathTemplate, mappings },
    httpMethod: integration.text('IntegrationHttpMethod'),
    timeoutMilliseconds: integration.number('TimeoutInMillis', 29_000),
  };

  function sourceOf(key: string, value: string): MappingSource {
    const text = /^'([^']*)'$/.exec(value)?.[1];
    if (text !== undefined) return { kind: 'static', text };
    const [, kind, name = ''] =
      /^method\.request\.(header|querystring|path)\.([\w.$-]+)$/.exec(value) ?? [];
    if (kind === 'header' || kind === 'querystring' || kind === 'path') {
      if (!declared.includes(value)) {
        integration.fail(`${key}: ${value} is not among the RequestParameters of the method`);
      }
      if (kind === 'path' && !path.includes(`{${name}}`) && !path.includes(`{${name}+}`)) {
        integration.fail(`${key}: ${path} has no parameter ${name}`);
      }
      return { kind, name };
    }
    const variable = /^stageVariables\.(\w+)$/.exec(value)?.[1];
    if (variable !== undefined) return { kind: 'stageVariable', name: variable };
    const context = /^context\.([\w.-]+)$/.exec(value)?.[1];
    if (
      context !== undefined &&
      (/^authorizer\.[\w-]+$/.test(context) || contextNames.has(context))
    ) {
      return { kind: 'context', name: context };
    }
    return integration.fail(`${key}: the value ${value} is not hosted`);
  }
}
