import type { Client } from '../../core/clients/client.ts';
import type { RefusalReason } from '../../core/errors.ts';
import { refusal } from '../../core/errors.ts';
import type { IssuerKeys } from '../../core/keys/issuer-keys.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Algorithm } from '../../core/tokens/algorithm.ts';
import { type OwnIssuer, ownIssuerRules } from '../../core/tokens/own-issuer.ts';
import { verifyAccessToken } from '../../core/tokens/verify-access-token.ts';
import { available } from '../../core/unavailable.ts';
import { type ClientCallerPorts, clientCaller } from '../client-caller.ts';
import type { FormEndpointPorts, FormRequest, Refused } from '../form-endpoint.ts';

/** Whoever asks what a token is worth. */
export interface Introspector {
  readonly clientId: string;
  readonly authenticationMethod: string;
  /** Audiences whose tokens it is told of, beside its own tokens. */
  readonly audiences: readonly string[];
  readonly signingAlgorithm: Algorithm;
}

/** What an access token must have that lets somebody introspect, beside the issuer as an audience. */
const introspectionScope = 'introspection';

/**
 * Who calls the introspection endpoint (RFC 7662 §2.1): a client by its secret, or somebody with an access token of ours that
 * was issued for this. Of a client that is gone, a token speaks for itself alone.
 */
export function introspectionCaller(
  ports: ClientCallerPorts & Pick<FormEndpointPorts, 'revocations'>,
  own: OwnIssuer,
  keys: IssuerKeys,
): (request: FormRequest) => Promise<Result<Introspector, Refused>> {
  const issuers = new Map([[own.issuer, ownIssuerRules(own, keys, [own.issuer])]]);
  const byClient = clientCaller(ports);
  const realm = `Bearer realm="${own.issuer}"`;

  return async (request) => {
    const token = bearerIn(request.header('authorization'));
    return token === undefined ? bySecret(request) : byToken(token, request);
  };

  async function bySecret(request: FormRequest): Promise<Result<Introspector, Refused>> {
    const caller = await byClient(request);
    if (caller.ok) return ok(introspector(caller.value.client, caller.value.method));
    const isSilent = caller.error.error.reason === 'no_credential';
    return isSilent ? err({ ...caller.error, challenge: realm }) : caller;
  }

  async function byToken(
    token: string,
    { form, now }: FormRequest,
  ): Promise<Result<Introspector, Refused>> {
    const others = ['client_secret', 'client_assertion', 'client_assertion_type'];
    if (others.some((name) => form.get(name) !== undefined)) {
      return err({ error: refusal('several_credentials') });
    }
    const verified = await verifyAccessToken(token, issuers, now);
    if (!verified.ok) return refused('bearer_not_valid');
    // Read for a genuine token alone: whoever makes one up costs no read.
    const log = await ports.revocations.current(now, true);
    if (log.isRevoked(verified.value.principal.marks)) return refused('bearer_not_valid');
    const { clientId, scope } = verified.value.principal;
    if (!scope.includes(introspectionScope)) return refused('bearer_scope', clientId);
    const client = await available('the Clients table', () => ports.clients.find(clientId));
    return client?.status === 'enabled'
      ? ok(introspector(client, 'bearer'))
      : ok({
          ...{ clientId, authenticationMethod: 'bearer' },
          ...{ audiences: [], signingAlgorithm: 'RS256' },
        });
  }

  /** RFC 6750 §3; RFC 7662 §2.3 wants 401 for want of scope too. */
  function refused(reason: RefusalReason, clientId?: string): Result<Introspector, Refused> {
    const error = refusal(reason);
    const wanted = reason === 'bearer_scope' ? `, scope="${introspectionScope}"` : '';
    const challenge = `${realm}, error="${error.code}"${wanted}`;
    return err({ error, challenge, ...(clientId === undefined ? {} : { clientId }) });
  }
}

function introspector(client: Client, authenticationMethod: string): Introspector {
  const { clientId, introspects: audiences = [], signingAlgorithm } = client;
  return { clientId, authenticationMethod, audiences, signingAlgorithm };
}

/** The token of the one `Authorization: Bearer` there is; HTTP APIs join several headers with a comma. */
function bearerIn(authorization: readonly string[]): string | undefined {
  const [only = '', ...more] = authorization;
  return more.length > 0 ? undefined : /^bearer +([^\s,]+)$/i.exec(only)?.[1];
}
