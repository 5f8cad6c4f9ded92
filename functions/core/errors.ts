/** Error codes of the endpoints that take forms (RFC 6749 §5.2, RFC 8707 §2; for bearer tokens RFC 6750 §3.1). */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'temporarily_unavailable'
  | 'server_error';

/** A private reason: one line of the table below. */
export type RefusalReason =
  | 'content_type'
  | 'method'
  | 'query'
  | 'body_too_large'
  | 'body_encoding'
  | 'parameter_repeated'
  | 'parameter_too_long'
  | 'grant_type_missing'
  | 'client_id_missing'
  | 'client_id_differs'
  | 'several_credentials'
  | 'no_credential'
  | 'malformed_credential'
  | 'unsupported_credential'
  | 'unknown_client'
  | 'bad_secret'
  | 'secret_expired'
  | 'client_disabled'
  | 'method_not_registered'
  | 'grant_unknown'
  | 'grant_not_registered'
  | 'scope_malformed'
  | 'scope_not_granted'
  | 'scope_needs_user'
  | 'target_malformed'
  | 'target_not_permitted'
  /** What was issued before was cut off, and the cut still lies ahead. */
  | 'just_revoked'
  | 'token_missing'
  | 'foreign_token'
  | 'too_many_writes'
  | 'bearer_not_valid'
  | 'bearer_scope'
  | 'unavailable'
  | 'internal';

/**
 * Why a request was refused. The private reason goes to the log and nowhere else; code and description go on the wire.
 * Reasons that an attacker must not tell apart share one description.
 */
const refusals: Readonly<Record<RefusalReason, readonly [OAuthErrorCode, string]>> = {
  content_type: ['invalid_request', 'the body must be application/x-www-form-urlencoded'],
  method: ['invalid_request', 'this method is not allowed here'],
  query: ['invalid_request', 'parameters belong into the body, not into the query'],
  body_too_large: ['invalid_request', 'the body is too large'],
  body_encoding: ['invalid_request', 'the body is not well-formed'],
  parameter_repeated: ['invalid_request', 'a parameter is given more than once'],
  parameter_too_long: ['invalid_request', 'a parameter is too long'],
  grant_type_missing: ['invalid_request', 'grant_type is missing'],
  client_id_missing: ['invalid_request', 'client_id is missing'],
  client_id_differs: ['invalid_request', 'client_id differs from the authenticated client'],
  several_credentials: ['invalid_request', 'more than one client credential is given'],
  no_credential: ['invalid_client', 'client authentication failed'],
  malformed_credential: ['invalid_client', 'client authentication failed'],
  unsupported_credential: ['invalid_client', 'client authentication failed'],
  unknown_client: ['invalid_client', 'client authentication failed'],
  bad_secret: ['invalid_client', 'client authentication failed'],
  secret_expired: ['invalid_client', 'client authentication failed'],
  client_disabled: ['invalid_client', 'client authentication failed'],
  method_not_registered: ['invalid_client', 'client authentication failed'],
  grant_unknown: ['unsupported_grant_type', 'this grant type is not supported'],
  grant_not_registered: ['unauthorized_client', 'this client may not use this grant type'],
  scope_malformed: ['invalid_scope', 'scope is malformed'],
  scope_not_granted: ['invalid_scope', 'the client may not have this scope'],
  scope_needs_user: ['invalid_scope', 'this scope needs a user'],
  target_malformed: ['invalid_target', 'resource must be an absolute URI without a fragment'],
  target_not_permitted: ['invalid_target', 'the client may not ask for this resource'],
  just_revoked: ['temporarily_unavailable', 'try again later'],
  token_missing: ['invalid_request', 'token is missing'],
  foreign_token: ['unauthorized_client', 'the token belongs to another client'],
  too_many_writes: ['temporarily_unavailable', 'too many requests, try again later'],
  bearer_not_valid: ['invalid_token', 'the access token is not valid here'],
  bearer_scope: ['insufficient_scope', 'the access token may not be used for this'],
  unavailable: ['temporarily_unavailable', 'try again later'],
  internal: ['server_error', 'something went wrong'],
};

export interface OAuthError {
  readonly code: OAuthErrorCode;
  readonly reason: RefusalReason;
  readonly description: string;
}

/** The error of a reason. */
export function refusal(reason: RefusalReason): OAuthError {
  const [code, description] = refusals[reason];
  return { code, reason, description };
}

/** HTTP status of an error (RFC 6749 §5.2, RFC 7662 §2.3, RFC 9110 §15.5.6, §15.5.14, RFC 6585 §4). */
export function statusOf(error: OAuthError): 400 | 401 | 405 | 413 | 429 | 500 | 503 {
  if (error.reason === 'method') return 405;
  if (error.reason === 'body_too_large') return 413;
  if (error.reason === 'too_many_writes') return 429;
  switch (error.code) {
    case 'invalid_client':
    case 'invalid_token':
    case 'insufficient_scope':
      return 401;
    case 'temporarily_unavailable':
      return 503;
    case 'server_error':
      return 500;
    case 'invalid_request':
    case 'invalid_grant':
    case 'unauthorized_client':
    case 'unsupported_grant_type':
    case 'invalid_scope':
    case 'invalid_target':
      return 400;
  }
}
