import { schemes } from '../core/routes/credential.ts';
import type { Principal } from '../core/routes/principal.ts';
import { nothing, textOfContext } from './context-text.ts';

/** Nobody was authenticated for this request, as far as the backend can tell. Answer 401. */
export class PrincipalMissing extends Error {
  override readonly name = 'PrincipalMissing';
  readonly code = 'principal_missing';
}

/** The part of an API Gateway proxy event, of either API, that identity comes from. */
export interface ProtectedEvent {
  readonly requestContext: object;
}

/**
 * Who the authorizer let in, for a backend behind a REST, an HTTP or a WebSocket API. Fails closed: throws
 * `PrincipalMissing` when the authorizer's context is absent (a route that was attached without it), incomplete, of another
 * version, or past the credential's expiry, which neither a gateway's cache nor an open connection looks at.
 *
 * @param options.now epoch seconds
 */
export function requirePrincipal(
  event: ProtectedEvent,
  options: { readonly now: number },
): Principal {
  const context = contextOf(event);
  const member = (name: string): string => {
    const value = context !== undefined && Object.hasOwn(context, name) ? context[name] : undefined;
    if (typeof value !== 'string')
      throw new PrincipalMissing('no principal in the authorizer context');
    return value;
  };
  const optional = (name: string) =>
    context !== undefined && Object.hasOwn(context, name) ? member(name) : undefined;
  const scheme = schemes.find((one) => one === member('mth'));
  if (member('v') !== '1' || scheme === undefined) {
    throw new PrincipalMissing('an authorizer context of another version');
  }
  const [issuer, subject, clientId, credentialId] = ['iss', 'sub', 'cid', 'cred'].map((name) =>
    textOfContext(member(name)),
  );
  const scope = member('scp');
  const isNamed = clientId !== undefined && credentialId !== undefined;
  if (!issuer || !subject || !isNamed || scope === '') {
    throw new PrincipalMissing('an incomplete principal');
  }
  const exp = member('exp');
  // A token always says when it ends; a key, a user or a certificate may go on until it is withdrawn.
  const expiresAt = exp === nothing && scheme !== 'bearer' ? undefined : secondsOf(exp);
  if (expiresAt !== undefined && options.now >= expiresAt) {
    throw new PrincipalMissing('the credential has expired');
  }
  const acr = optional('acr');
  const authTime = optional('auth_time');
  return {
    ...{ scheme, issuer, subject, clientId, credentialId },
    scope: scope === nothing ? [] : scope.split(' '),
    roles: texts(member('rol')),
    audience: texts(member('aud')),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(acr === undefined ? {} : { acr }),
    ...(authTime === undefined ? {} : { authTime: secondsOf(authTime) }),
  };
}

/** `requestContext.authorizer` of a REST or a WebSocket API, `requestContext.authorizer.lambda` of an HTTP API. */
function contextOf({
  requestContext,
}: ProtectedEvent): Readonly<Record<string, unknown>> | undefined {
  const authorizer = ownMember(requestContext, 'authorizer');
  const nested = ownMember(authorizer, 'lambda');
  const context = nested ?? authorizer;
  return typeof context === 'object' && context !== null
    ? (context as Readonly<Record<string, unknown>>)
    : undefined;
}

function ownMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Epoch seconds in plain digits; a fraction is what some issuers write. */
function secondsOf(text: string): number {
  if (!/^\d{1,15}(?:\.\d+)?$/.test(text)) throw new PrincipalMissing('an incomplete principal');
  return Number(text);
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
