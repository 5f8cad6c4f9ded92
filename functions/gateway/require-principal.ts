import { schemes } from '../core/credential.ts';
import type { Principal } from '../core/principal.ts';

/** Nobody was authenticated for this request, as far as the backend can tell. Answer 401. */
export class PrincipalMissing extends Error {
  readonly code = 'principal_missing';
}

/** The part of an API Gateway proxy event, of either API, that identity comes from. */
export interface ProtectedEvent {
  readonly requestContext: object;
}

/**
 * Who the authorizer let in, for a backend behind a REST API or an HTTP API. Fails closed: throws `PrincipalMissing` when
 * the authorizer's context is absent (a route that was attached without it), incomplete, of another version, or past the
 * token's expiry, which a gateway's cache does not look at.
 *
 * @param options.now epoch seconds
 */
export function requirePrincipal(
  event: ProtectedEvent,
  options: { readonly now: number },
): Principal {
  const context = contextOf(event);
  const text = (name: string): string => {
    const value = context !== undefined && Object.hasOwn(context, name) ? context[name] : undefined;
    if (typeof value !== 'string')
      throw new PrincipalMissing('no principal in the authorizer context');
    return value;
  };
  const scheme = schemes.find((one) => one === text('mth'));
  if (text('v') !== '1' || scheme === undefined) {
    throw new PrincipalMissing('an authorizer context of another version');
  }
  const issuer = text('iss');
  const subject = text('sub');
  if (issuer === '' || subject === '') throw new PrincipalMissing('an incomplete principal');
  const scope = text('scp');
  const optional = (name: string) =>
    context !== undefined && Object.hasOwn(context, name) ? text(name) : undefined;
  // A token always says when it ends; a key, a user or a certificate may go on until it is withdrawn.
  const exp = scheme === 'bearer' ? text('exp') : optional('exp');
  const expiresAt = exp === undefined ? undefined : Number(exp);
  if (expiresAt !== undefined && !(Number.isSafeInteger(expiresAt) && options.now < expiresAt)) {
    throw new PrincipalMissing('the credential has expired');
  }
  const acr = optional('acr');
  const authTime = optional('auth_time');
  if (authTime !== undefined && !/^\d{1,15}(?:\.\d+)?$/.test(authTime)) {
    throw new PrincipalMissing('an incomplete principal');
  }
  return {
    scheme,
    issuer,
    subject,
    clientId: text('cid'),
    scope: scope === '' ? [] : scope.split(' '),
    roles: texts(text('rol')),
    audience: texts(text('aud')),
    credentialId: text('cred'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(acr === undefined ? {} : { acr }),
    ...(authTime === undefined ? {} : { authTime: Number(authTime) }),
  };
}

/** `requestContext.authorizer` of a REST API, `requestContext.authorizer.lambda` of an HTTP API. */
function contextOf({
  requestContext,
}: ProtectedEvent): Readonly<Record<string, unknown>> | undefined {
  const authorizer = member(requestContext, 'authorizer');
  const nested = member(authorizer, 'lambda');
  const context = nested ?? authorizer;
  return typeof context === 'object' && context !== null
    ? (context as Readonly<Record<string, unknown>>)
    : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function texts(json: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  } catch {
    // Below.
  }
  throw new PrincipalMissing('an incomplete principal');
}
