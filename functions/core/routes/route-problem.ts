import { isAddressRange } from '../address-range.ts';
import type { BucketRate } from '../ports/token-buckets.ts';
import { isResourceIndicator } from '../tokens/resource.ts';
import { isScopeToken } from '../tokens/scope.ts';
import { cellsOf } from './bucket-rate.ts';
import { credentialPlaces, schemes as knownSchemes } from './credential.ts';
import { carriersOf, placesOf } from './credential-places.ts';
import type { Requirement, RoutePolicy } from './route-policy.ts';

/** What is wrong with a route and its policy, and what is allowed; `undefined` where nothing is. */
export function routeProblem(key: string, policy: RoutePolicy): string | undefined {
  const problem = keyProblem(key) ?? shapeProblem(policy);
  if (problem !== undefined) return problem;
  if (policy.public) return openProblem(key);
  return credentialProblem(policy) ?? placeProblem(key, policy) ?? circumstanceProblem(policy);
}

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'ANY'];

function keyProblem(key: string): string | undefined {
  if (key === '$connect' || key === '$default') return undefined;
  const [verb = '', path = '', ...rest] = key.split(' ');
  if (verb === 'OPTIONS') return 'a preflight carries no credential: leave OPTIONS to CORS';
  if (rest.length > 0 || !verbs.includes(verb) || !path.startsWith('/')) {
    return `must be a verb (${verbs.join(', ')}), a space and a path template; or $connect, $default`;
  }
  if (/[*?$]/.test(path)) return 'a path must not hold *, ? or $: they mean something in a policy';
  const segments = path.slice(1).split('/');
  const isSegment = (segment: string) => /^(?:\{[A-Za-z0-9_.-]+\+?\}|[^{}\s]+)$/.test(segment);
  if (path !== '/' && !segments.every(isSegment)) return 'a path segment is a text or {name}';
  if (/\+\}\//.test(path)) return 'only the last segment can be greedy';
  if (/\/(?:\.\.|\.(?:\/|$))/.test(path)) return 'a path segment must not be . nor begin with ..';
  return undefined;
}

/** Every member of a requirement, and whether it is a list. */
const members: Readonly<Record<keyof Requirement, 'list' | 'value'>> = {
  schemes: 'list',
  credentialIn: 'list',
  scopes: 'list',
  anyScope: 'list',
  roles: 'list',
  audience: 'value',
  acr: 'value',
  maxAgeSeconds: 'value',
  ip: 'list',
  revocation: 'value',
  rateLimit: 'value',
};

const names = Object.keys(members) as readonly (keyof Requirement)[];

/** A member that nobody knows would demand nothing and look as if it did. JavaScript and a spread let it through. */
function shapeProblem(policy: unknown): string | undefined {
  const isRecord = typeof policy === 'object' && policy !== null && 'public' in policy;
  if (!isRecord || typeof policy.public !== 'boolean') return 'say publicRoute() or requires({…})';
  const written = Object.entries(policy).filter(([name]) => name !== 'public');
  const [demand] = written;
  if (policy.public) {
    return demand === undefined ? undefined : `a public route demands nothing, not ${demand[0]}`;
  }
  for (const [name, value] of written) {
    if (!Object.hasOwn(members, name)) {
      return `there is no ${name}: a requirement may have ${names.join(', ')}`;
    }
    if (value === undefined || members[name as keyof Requirement] !== 'list') continue;
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (!isList) return `${name} must be a list of texts`;
    if (value.length === 0) return `${name} must not be empty`;
  }
  return undefined;
}

/** What is left open has a known number of segments. */
function openProblem(key: string): string | undefined {
  if (/\+\}$/.test(key)) return 'a greedy path must not be public: it opens what nobody thought of';
  return key.startsWith('$') ? `${key} must not be public` : undefined;
}

/** What is demanded of a credential. */
function credentialProblem(policy: Requirement): string | undefined {
  const { schemes, scopes = [], anyScope = [], roles = [], audience, acr, maxAgeSeconds } = policy;
  if (schemes === undefined || !schemes.every((scheme) => knownSchemes.includes(scheme))) {
    return `schemes may hold: ${knownSchemes.join(', ')}`;
  }
  if (![...scopes, ...anyScope].every(isScopeToken))
    return 'a scope is a scope token (RFC 6749 §3.3)';
  if (anyScope.length === 1) return 'anyScope with one scope: say scopes';
  if (!roles.every((role) => role !== '')) return 'a role must not be empty';
  if (audience !== undefined && !(isText(audience) && isResourceIndicator(audience))) {
    return 'audience must be an absolute URI without a fragment (RFC 8707 §2)';
  }
  if (acr !== undefined && !(isText(acr) && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(acr)))
    return 'acr must be one printable word';
  if (maxAgeSeconds !== undefined && !(Number.isInteger(maxAgeSeconds) && maxAgeSeconds > 0)) {
    return 'maxAgeSeconds must be a positive whole number';
  }
  const ofTokens = (['roles', 'acr', 'maxAgeSeconds'] as const).find(
    (name) => policy[name] !== undefined,
  );
  if (ofTokens !== undefined && !schemes.includes('bearer')) {
    return `${ofTokens} is said by tokens alone, and this route accepts none`;
  }
  return undefined;
}

/** Where credentials may stand: a place for each scheme, and a scheme for each place that only some have. */
function placeProblem(key: string, policy: Requirement): string | undefined {
  const { schemes } = policy;
  const places = placesOf(key, policy);
  if (!places.every((place) => credentialPlaces.includes(place))) {
    return `credentialIn may hold: ${credentialPlaces.join(', ')}`;
  }
  if (places.includes('subprotocol') && key !== '$connect') {
    return 'only $connect has a subprotocol';
  }
  if (places.includes('x-api-key') && !schemes.includes('apikey')) {
    return 'x-api-key holds API keys, which this route does not accept';
  }
  if (places.includes('query') && key !== '$connect' && !schemes.includes('apikey')) {
    return 'only API keys may stand in a query (OAuth 2.1 §5.2.1 forbids it to bearer tokens)';
  }
  for (const scheme of schemes) {
    if (scheme === 'certificate') {
      if (key === '$connect') return 'a WebSocket API shows no client certificate';
      continue;
    }
    const carriers = carriersOf(scheme, key);
    if (!carriers.some((place) => places.includes(place))) {
      return `${scheme} credentials stand in ${carriers.join(' or ')}: name it in credentialIn`;
    }
  }
  return undefined;
}

/** What is demanded of a call. */
function circumstanceProblem(policy: Requirement): string | undefined {
  const { ip = [], revocation = 'normal', rateLimit } = policy;
  if (!ip.every(isAddressRange)) return 'ip may hold addresses and CIDR ranges';
  if (revocation !== 'normal' && revocation !== 'strict') return 'revocation is normal or strict';
  return rateLimit === undefined || isRate(rateLimit)
    ? undefined
    : 'rateLimit needs perSecond above 0 (at most 100000) and a whole burst of 1 or more, which takes at most 95 years to fill; and nothing else';
}

function isRate(rate: BucketRate): boolean {
  const { perSecond, burst, ...more } = rate ?? {};
  const isSane =
    Number.isFinite(perSecond) &&
    perSecond > 0 &&
    perSecond <= 100_000 &&
    Number.isInteger(burst) &&
    burst >= 1;
  if (!isSane || Object.keys(more).length > 0) return false;
  try {
    cellsOf(rate);
    return true;
  } catch {
    return false;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
