import { MappingValue, ParameterMapping } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Routes } from '../functions/core/routes/route-policy.ts';
import type { AttachedRoute } from './attached-routes.ts';
import type { ApiKind } from './revocation-lag.ts';
import { policyOf } from './route-table.ts';

/** Header → the member of the authorizer's context that it shows. */
const headers = {
  'x-auth-scheme': 'mth',
  'x-auth-issuer': 'iss',
  'x-auth-subject': 'sub',
  'x-auth-client': 'cid',
  'x-auth-scope': 'scp',
  'x-auth-credential': 'cred',
  'x-auth-expires': 'exp',
} as const;

const names = Object.keys(headers) as readonly (keyof typeof headers)[];

/**
 * Request parameters of an HTTP integration of a REST API, which tell its backend who was let in:
 * `new HttpIntegration(url, { options: { requestParameters: identityHeaders(routes, 'GET /orders') } })`. What a caller
 * sends under these names, in any case, is overwritten, on a public route with `-`, which says that there is nobody.
 *
 * Put them on every route that reaches the backend: synth insists once one route has them. Values are visible ASCII, and
 * everything else is percent-encoded; `-` says that a credential has none. A server that takes `_` for `-` in the names
 * of headers must be told to drop such headers.
 *
 * @param route `GET /orders/{id}`; a preflight counts as public
 */
export function identityHeaders(routes: Routes, route: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => [
      `integration.request.header.${name}`,
      isPublic(routes, route) ? `'-'` : `context.authorizer.${headers[name]}`,
    ]),
  );
}

/**
 * The same for an HTTP API:
 * `new HttpUrlIntegration('Orders', url, { parameterMapping: identityParameters(routes, 'GET /orders') })`. On a public
 * route the headers are removed.
 *
 * @param mapping what else is mapped
 */
export function identityParameters(
  routes: Routes,
  route: string,
  mapping: ParameterMapping = new ParameterMapping(),
): ParameterMapping {
  for (const name of names) {
    if (isPublic(routes, route)) mapping.removeHeader(name);
    else mapping.overwriteHeader(name, MappingValue.contextVariable(`authorizer.${headers[name]}`));
  }
  return mapping;
}

/** Do request parameters, of either kind of API, write one of these headers? */
export function sendsIdentity(parameters: AttachedRoute['proxyParameters']): boolean {
  return Object.keys(parameters ?? {}).some(isIdentity);
}

/**
 * What is wrong with the headers that a route hands on to a backend which takes identity from them. `undefined` where
 * nothing is, and where nothing of what a caller sent is handed on.
 */
export function identityHeaderProblem(
  { key, proxyParameters }: AttachedRoute,
  routes: Routes,
  kind: ApiKind,
): string | undefined {
  const isKnown = isPreflight(key) || Object.hasOwn(routes, key);
  if (proxyParameters === undefined || !isKnown) return undefined;
  const [name, expected] =
    kind === 'rest'
      ? ['identityHeaders', identityHeaders(routes, key)]
      : ['identityParameters', identityParameters(routes, key).mappings];
  const written = Object.keys(proxyParameters).filter(isIdentity);
  const isExact =
    written.length === names.length &&
    written.every((parameter) => proxyParameters[parameter] === expected[parameter]);
  return isExact
    ? undefined
    : `${key} hands x-auth-* headers of its caller on to a backend that takes identity from them: give its integration ${name}(routes, '${key}')`;
}

/** A header is the same in any case: `integration.request.header.X-Auth-Subject`, `append:header.x-auth-subject`. */
function isIdentity(parameter: string): boolean {
  const [, header = ''] = /[.:]header\.(.+)$/.exec(parameter) ?? [];
  return Object.hasOwn(headers, header.toLowerCase());
}

function isPublic(routes: Routes, route: string): boolean {
  return isPreflight(route) || policyOf(routes, route).public;
}

function isPreflight(route: string): boolean {
  return route.startsWith('OPTIONS ');
}
