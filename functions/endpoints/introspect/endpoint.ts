import { mediaType } from '../../core/form.ts';
import type { IssuerKeys } from '../../core/keys/issuer-keys.ts';
import { RingUnavailable, type SigningKeys } from '../../core/ports/signing-keys.ts';
import { ok } from '../../core/result.ts';
import type { Revocations } from '../../core/revocation/revocation-view.ts';
import type { DenyReason } from '../../core/routes/decision.ts';
import type { OwnIssuer } from '../../core/tokens/own-issuer.ts';
import { signWithRing } from '../../core/tokens/ring-signer.ts';
import { available } from '../../core/unavailable.ts';
import type { Endpoint, HttpResponse } from '../../gateway/message.ts';
import { oauthResponse } from '../../gateway/oauth-response.ts';
import type { ClientCallerPorts } from '../client-caller.ts';
import { type FormEndpointPorts, formEndpoint } from '../form-endpoint.ts';
import { findToken, type GenuineToken, type TokenFinder } from '../token-finder.ts';
import { type Introspector, introspectionCaller } from './caller.ts';

/** A genuine token of which something can be told. */
export interface IntrospectableToken extends GenuineToken {
  /** The resource servers that it is meant for. */
  readonly audience: readonly string[];
  /** What is told of it, beside that it is active (RFC 7662 §2.2). */
  readonly members: Readonly<Record<string, unknown>>;
}

export interface IntrospectEndpoint extends FormEndpointPorts, ClientCallerPorts {
  readonly own: OwnIssuer;
  /** By which the access tokens of callers are verified. */
  readonly ownKeys: IssuerKeys;
  /** One for each kind of token. */
  readonly tokens: readonly TokenFinder<IntrospectableToken>[];
  /** Asked for signed answers alone. */
  readonly signingKeys: SigningKeys;
}

const signedType = 'application/token-introspection+jwt';

/**
 * The introspection endpoint (RFC 7662), and its signed form (RFC 9701). Every state is read for the request: an answer is
 * true when it is given. Of a token that is not in force, or not the caller's business, it says that it is not active, and
 * nothing else: neither can be told from what was never a token.
 */
export function introspectEndpoint(ports: IntrospectEndpoint): Endpoint {
  return formEndpoint(ports, {
    name: 'introspect',
    refusedAs: 'introspection_refused',
    requires: ['token', 'token_missing'],
    authenticate: introspectionCaller(ports, ports.own, ports.ownKeys),

    async serve({ required, now, facts, header }, caller) {
      const log = await ports.revocations.current(now, true);
      const found = await findToken(ports.tokens, required, now, log);
      const reason = found.ok ? inactive(found.value, caller) : found.error;
      const isActive = found.ok && reason === undefined;
      const answer = isActive ? { active: true, ...found.value.members } : { active: false };
      const response = isSignedWanted(header('accept'))
        ? await signed(answer, caller, now, log)
        : oauthResponse(JSON.stringify(answer));
      ports.audit.write({
        event: 'token_introspected',
        ...facts,
        clientId: caller.clientId,
        authenticationMethod: caller.authenticationMethod,
        isActive,
        ...(reason === undefined ? {} : { reason }),
        ...(found.ok ? { tokenKind: found.value.kind, credential: found.value.id } : {}),
      });
      return ok(response);
    },
  });

  /** RFC 9701 §5: nothing of the token is at the top, so that this cannot be taken for the token itself. */
  async function signed(
    answer: object,
    { clientId, signingAlgorithm }: Introspector,
    now: number,
    log: Revocations,
  ): Promise<HttpResponse> {
    const ring = await available('the key ring', () =>
      ports.signingKeys.current(log.ringGeneration),
    );
    const { token, kid } = signWithRing(ring, signingAlgorithm, 'token-introspection+jwt', {
      iss: ports.issuer,
      aud: clientId,
      iat: now,
      token_introspection: answer,
    });
    if (log.isKeyRevoked(kid)) throw new RingUnavailable('the key that signs was revoked');
    return oauthResponse(token, signedType);
  }
}

/** Why a genuine token is not active for this caller. */
function inactive(token: IntrospectableToken, caller: Introspector): DenyReason | undefined {
  const isOwn = token.clientId === caller.clientId;
  const isMeantForIt = token.audience.some((one) => caller.audiences.includes(one));
  return isOwn || isMeantForIt ? token.problem : 'wrong_audience';
}

function isSignedWanted(accept: readonly string[]): boolean {
  return accept
    .flatMap((value) => value.split(','))
    .some((range) => mediaType(range) === signedType && !/;\s*q=0(\.0*)?\s*(;|$)/i.test(range));
}
