import { digest, digestsEqual } from '../digest.ts';
import { type OAuthError, type RefusalReason, refusal } from '../errors.ts';
import type { Form } from '../form.ts';
import type { Lookup } from '../ports/lookup.ts';
import { err, ok, type Result } from '../result.ts';
import { available } from '../unavailable.ts';
import { parseBasicCredential } from './basic-credential.ts';
import {
  type Client,
  type ClientAuthenticationMethod,
  type ClientSecret,
  isClientId,
  isSecretExpired,
} from './client.ts';

export interface AuthenticatedClient {
  readonly client: Client;
  readonly method: ClientAuthenticationMethod;
  /** Which of the client's secrets it was. */
  readonly secretId: string;
}

export interface AuthenticationFailure {
  readonly error: OAuthError;
  /** As claimed, for the log. */
  readonly clientId?: string;
}

interface PresentedSecret {
  readonly method: ClientAuthenticationMethod;
  readonly clientId: string;
  readonly secret: string;
}

/**
 * Authenticates the client of a request (RFC 6749 §2.3, §3.2.1; OAuth 2.1 §2.4). Exactly one credential per request;
 * the method must be one that the client is registered for. An unknown client, a wrong secret, an expired one and a
 * disabled client cost the same work and share one answer. Throws `Unavailable` when the client cannot be looked up.
 *
 * @param authorization every `Authorization` value of the request
 */
export async function authenticateClient(
  authorization: readonly string[],
  form: Form,
  clients: Lookup<Client>,
  now: number,
): Promise<Result<AuthenticatedClient, AuthenticationFailure>> {
  const presented = presentedSecret(authorization, form);
  if (!presented.ok) return err({ error: refusal(presented.error) });
  const { clientId, secret, method } = presented.value;
  const client = isClientId(clientId)
    ? await available('the Clients table', () => clients.find(clientId))
    : undefined;
  const matched = matchSecret(secret, client?.secrets ?? []);
  const reason = failure(client, matched, method, now);
  if (reason !== undefined || client === undefined || matched === undefined) {
    return err({ error: refusal(reason ?? 'unknown_client'), clientId });
  }
  return ok({ client, method, secretId: matched.id });
}

function presentedSecret(
  authorization: readonly string[],
  form: Form,
): Result<PresentedSecret, RefusalReason> {
  const [header, ...more] = authorization;
  const bodyId = form.get('client_id');
  const bodySecret = form.get('client_secret');
  const hasAssertion =
    form.get('client_assertion') !== undefined || form.get('client_assertion_type') !== undefined;
  // HTTP APIs join repeated headers with a comma, which no Basic value contains.
  const headers = more.length > 0 || header?.includes(',') ? 2 : header === undefined ? 0 : 1;
  const inBody = (bodySecret === undefined ? 0 : 1) + (hasAssertion ? 1 : 0);
  if (headers + inBody > 1) return err('several_credentials');
  if (header !== undefined) return basicSecret(header, bodyId);
  if (hasAssertion) return err('unsupported_credential');
  if (bodySecret === undefined) return err('no_credential');
  if (bodyId === undefined) return err('client_id_missing');
  return ok({ method: 'client_secret_post', clientId: bodyId, secret: bodySecret });
}

function basicSecret(
  header: string,
  bodyId: string | undefined,
): Result<PresentedSecret, RefusalReason> {
  const match = /^([A-Za-z][A-Za-z0-9-]*)(?: (.*))?$/.exec(header);
  if (match?.[1]?.toLowerCase() !== 'basic') {
    return err(match ? 'unsupported_credential' : 'malformed_credential');
  }
  const credential = parseBasicCredential(match[2] ?? '');
  if (credential === undefined) return err('malformed_credential');
  const { clientId, clientSecret } = credential;
  if (bodyId !== undefined && bodyId !== clientId) return err('client_id_differs');
  return ok({ method: 'client_secret_basic', clientId, secret: clientSecret });
}

const nobody: ClientSecret = {
  id: '',
  hash: digest('nobody has this secret'),
  hint: '',
  createdAt: 0,
};

/** Always two comparisons, whatever there is to compare with, so that the work tells nothing. */
function matchSecret(secret: string, secrets: readonly ClientSecret[]): ClientSecret | undefined {
  const presented = digest(secret);
  const [first = nobody, second = nobody] = secrets;
  const isFirst = digestsEqual(presented, first.hash);
  const isSecond = digestsEqual(presented, second.hash);
  const matched = isFirst ? first : isSecond ? second : nobody;
  return matched === nobody ? undefined : matched;
}

function failure(
  client: Client | undefined,
  matched: ClientSecret | undefined,
  method: ClientAuthenticationMethod,
  now: number,
): RefusalReason | undefined {
  if (client === undefined) return 'unknown_client';
  if (matched === undefined) return 'bad_secret';
  if (isSecretExpired(matched, now)) return 'secret_expired';
  if (client.status !== 'enabled') return 'client_disabled';
  if (!client.authenticationMethods.includes(method)) return 'method_not_registered';
  return undefined;
}
