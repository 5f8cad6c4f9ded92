import type { HttpProxySpec } from '../gateway/http-proxy-spec.ts';
import type { Properties } from './properties.ts';

/**
 * The backend of an HTTP_PROXY integration. The runner reaches nothing but this machine: a test that calls a real backend
 * by accident is worse than one that does not start.
 */
export function backendUri(
  properties: Properties,
  name: string,
): Pick<HttpProxySpec, 'origin' | 'pathTemplate'> & {
  /** Names of the path's placeholders. */
  readonly placeholders: readonly string[];
} {
  const uri = properties.text(name);
  const [, origin = '', path = ''] =
    /^(http:\/\/127\.0\.0\.1:\d{1,5})(\/[^\s?#]*)?$/.exec(uri) ?? [];
  if (origin === '' || !URL.canParse(origin)) {
    properties.fail(`${name} must be http://127.0.0.1:port/..., not ${uri}`);
  }
  const placeholders: string[] = [];
  const pathTemplate = path.replace(/\{([\w.-]+)\+?\}/g, (_, placeholder: string) => {
    placeholders.push(placeholder);
    return `{${placeholder}}`;
  });
  if (path.includes('${') || /[{}]/.test(path.replace(/\{[\w.-]+\+?\}/g, ''))) {
    properties.fail(`the placeholders of ${name} ${uri} are not hosted`);
  }
  return { origin, pathTemplate: pathTemplate === '' ? '/' : pathTemplate, placeholders };
}
