/** What the metadata documents are made of: only what is deployed. */
export interface MetadataFacts {
  readonly issuer: string;
  readonly tokenPath: string;
  readonly jwksPath: string;
  readonly grantTypes: readonly string[];
  readonly tokenEndpointAuthMethods: readonly string[];
  readonly scopesSupported: readonly string[];
  readonly serviceDocumentation?: string;
}

/**
 * Authorization server metadata (RFC 8414 §2, OpenID Connect Discovery 1.0 §3): one document for both well-known
 * places. Nothing is advertised that is not there. Members that the specifications require although no endpoint uses
 * them yet say "none of it": no response types, no redirect-based flow.
 */
export function metadataDocument(facts: MetadataFacts): Readonly<Record<string, unknown>> {
  const base = facts.issuer.replace(/\/$/, '');
  return {
    issuer: facts.issuer,
    token_endpoint: `${base}${facts.tokenPath}`,
    jwks_uri: `${base}${facts.jwksPath}`,
    grant_types_supported: facts.grantTypes,
    token_endpoint_auth_methods_supported: facts.tokenEndpointAuthMethods,
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
