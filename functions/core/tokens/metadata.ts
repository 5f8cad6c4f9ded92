/** What the metadata documents are made of: only what is deployed. */
export interface MetadataFacts {
  readonly issuer: string;
  readonly tokenPath: string;
  readonly revocationPath: string;
  readonly introspectionPath: string;
  readonly jwksPath: string;
  readonly grantTypes: readonly string[];
  /** Of every endpoint that clients call with a form. */
  readonly clientAuthMethods: readonly string[];
  readonly signingAlgorithms: readonly string[];
  readonly scopesSupported: readonly string[];
  readonly serviceDocumentation?: string;
}

/**
 * Authorization server metadata (RFC 8414 §2, RFC 9701 §7, OpenID Connect Discovery 1.0 §3): one document for both well-known
 * places. Nothing is advertised that is not there. Members that the specifications require although no endpoint uses
 * them yet say "none of it": no response types, no redirect-based flow.
 */
export function metadataDocument(facts: MetadataFacts): Readonly<Record<string, unknown>> {
  const base = facts.issuer.replace(/\/$/, '');
  return {
    issuer: facts.issuer,
    token_endpoint: `${base}${facts.tokenPath}`,
    revocation_endpoint: `${base}${facts.revocationPath}`,
    introspection_endpoint: `${base}${facts.introspectionPath}`,
    jwks_uri: `${base}${facts.jwksPath}`,
    grant_types_supported: facts.grantTypes,
    token_endpoint_auth_methods_supported: facts.clientAuthMethods,
    revocation_endpoint_auth_methods_supported: facts.clientAuthMethods,
    // An access token will do as well; the names of both kinds never clash (RFC 8414 §7.2).
    introspection_endpoint_auth_methods_supported: [...facts.clientAuthMethods, 'Bearer'],
    introspection_signing_alg_values_supported: facts.signingAlgorithms,
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    request_uri_parameter_supported: false,
    ...(facts.scopesSupported.length > 0 ? { scopes_supported: facts.scopesSupported } : {}),
    ...(facts.serviceDocumentation === undefined
      ? {}
      : { service_documentation: facts.serviceDocumentation }),
  };
}
