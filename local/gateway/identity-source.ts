import { type GatewayRequest, headerValues, queryParameters } from './gateway-request.ts';

/** Where a piece of the caller's identity is taken from. */
export interface IdentitySource {
  readonly kind: 'header' | 'querystring' | 'context' | 'stageVariable';
  readonly name: string;
}

/** Variables of `$context` that an identity source may name here. */
const contextNames: ReadonlySet<string> = new Set([
  ...['accountId', 'apiId', 'domainName', 'httpMethod', 'path', 'protocol', 'requestId'],
  ...['resourceId', 'resourcePath', 'routeKey', 'stage'],
  ...['identity.sourceIp', 'identity.userAgent'],
]);

const spellings = {
  http: /^\$(?:request\.(header|querystring)|(context|stageVariables))\.(.+)$/,
  rest: /^(?:method\.request\.(header|querystring)|(context|stageVariables))\.(.+)$/,
  // Nothing else has been seen there.
  webSocket: /^route\.request\.(header|querystring)()\.(.+)$/,
} as const;

/** Reads an identity source in the spelling of a kind of API; `undefined` for anything else. */
export function parseIdentitySource(
  text: string,
  api: 'http' | 'rest' | 'webSocket',
): IdentitySource | undefined {
  const [, part, other, name = ''] = spellings[api].exec(text) ?? [];
  if (part === 'header' || part === 'querystring') return { kind: part, name };
  if (other === 'stageVariables') return { kind: 'stageVariable', name };
  if (other === 'context' && contextNames.has(name)) return { kind: 'context', name };
  return undefined;
}

export interface IdentityFacts {
  readonly request: GatewayRequest;
  readonly context: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/**
 * The values of all sources. Sources are ANDed: `undefined` when one of them is absent or empty, and then nobody asks
 * the authorizer.
 */
export function identityValues(
  sources: readonly IdentitySource[],
  facts: IdentityFacts,
): readonly string[] | undefined {
  const values: string[] = [];
  for (const source of sources) {
    const value = identityValue(source, facts);
    if (value === undefined || value === '') return undefined;
    values.push(value);
  }
  return values;
}

function identityValue({ kind, name }: IdentitySource, facts: IdentityFacts): string | undefined {
  switch (kind) {
    case 'header': {
      const values = headerValues(facts.request.headers, name);
      return values.length === 0 ? undefined : values.join(',');
    }
    case 'querystring': {
      const values = queryParameters(facts.request).filter(([key]) => key === name);
      return values.length === 0 ? undefined : values.map(([, value]) => value).join(',');
    }
    case 'context':
      return Object.hasOwn(facts.context, name) ? facts.context[name] : undefined;
    case 'stageVariable':
      return Object.hasOwn(facts.stageVariables, name) ? facts.stageVariables[name] : undefined;
  }
}
