/**
 * What a policy has to say, worked out on the characters of a request alone. Shares no code with what it judges: routes
 * are regular expressions here, specificity is compared along the words of the request, policies are read as IAM does.
 */
import type { ExactRoute } from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';
import type { PolicyResources } from '../../../../functions/core/routes/exact-policy/exact-policy.ts';
import {
  evaluatePolicy,
  type PolicyVerdict,
  parsePolicy,
} from '../../../../local/gateway/policy-evaluation.ts';
import { stageArn } from './tables.ts';

export interface ApiRequest {
  readonly verb: string;
  /** As it was sent: `/orders/7` */
  readonly path: string;
}

export interface Wrong {
  readonly kind: 'allowed' | 'refused' | 'not denied';
  readonly request: string;
  readonly route?: string;
}

/** The routes that may serve a request, in whichever way the gateway reads its path before it looks for one. */
function possibleWinners(
  table: readonly ExactRoute[],
  { verb, path }: ApiRequest,
): ReadonlySet<number> {
  return new Set(readingsOf(path).flatMap((words) => winnersOf(table, verb, words)));
}

/** The routes that serve a request whose path is taken as it is. */
export function literalWinners(
  table: readonly ExactRoute[],
  { verb, path }: ApiRequest,
): readonly number[] {
  return winnersOf(table, verb, path.slice(1).split('/'));
}

/**
 * Spelt so that no answer may allow it: an empty segment; a dot segment, encoded or not, with parameters or without, and a
 * double one also between encoded slashes.
 */
export function isUncertain(path: string): boolean {
  const words = path.slice(1).split('/');
  if (path !== '/' && words.includes('')) return true;
  if (words.some((word) => decoded(word) === '.')) return true;
  return decoded(path).split('/').map(withoutParameters).includes('..');
}

/**
 * Has something that an answer may refuse although its caller is granted whatever may serve it: an encoded letter, digit or
 * the like, which no client needs to send; an encoded slash or a `;`, by which another route may be meant.
 */
function isOddlySpelt(path: string): boolean {
  if (/%2F|;|\/\.\./i.test(path)) return true;
  return [...path.matchAll(/%../g)].some(([one]) => /^[\w.~-]$/.test(decoded(one)));
}

export function verdictOf(resources: PolicyResources, request: ApiRequest): PolicyVerdict {
  return evaluatePolicy(policyOf(resources), targetOf(request));
}

/** Says what a policy says wrongly of these requests, to a caller who is granted these routes. */
export function judge(
  table: readonly ExactRoute[],
  requests: readonly ApiRequest[],
): (granted: ReadonlySet<number>, resources: PolicyResources) => readonly Wrong[] {
  const cases = requests.map((request) => ({
    ...{ target: targetOf(request), name: `${request.verb} ${request.path}` },
    mustBeDenied: isUncertain(request.path),
    mayBeRefused: isOddlySpelt(request.path),
    winners: [...possibleWinners(table, request)].flatMap((id) => {
      const route = table[id];
      return route === undefined || route.isOpen ? [] : [{ id, route }];
    }),
  }));
  return (granted, resources) => {
    const policy = policyOf(resources);
    const wrongs: Wrong[] = [];
    for (const { target, name, mustBeDenied, mayBeRefused, winners } of cases) {
      const verdict = evaluatePolicy(policy, target);
      if (mustBeDenied) {
        if (verdict !== 'explicit-deny') wrongs.push({ kind: 'not denied', request: name });
        continue;
      }
      for (const { id, route } of winners) {
        const isGranted = granted.has(id) && !route.isElsewhere;
        if ((verdict === 'allow') === isGranted || (isGranted && mayBeRefused)) continue;
        const kind = isGranted ? 'refused' : 'allowed';
        wrongs.push({ kind, request: name, route: route.key });
      }
    }
    return wrongs;
  };
}

/** A policy document, as a REST API takes it. */
export function documentOf({ allow, deny }: PolicyResources): object {
  const statement = (Effect: string, Resource: readonly string[]) =>
    Resource.length === 0 ? [] : [{ Action: 'execute-api:Invoke', Effect, Resource }];
  return {
    Version: '2012-10-17',
    Statement: [...statement('Allow', allow), ...statement('Deny', deny)],
  };
}

/** The policy without the ARN of the stage, which is literal in every resource and would cost most of the matching. */
function policyOf({ allow, deny }: PolicyResources) {
  const inStage = (arn: string) => {
    if (!arn.startsWith(`${stageArn}/`)) throw new Error('a resource of another stage');
    return arn.slice(stageArn.length + 1);
  };
  const inside = { allow: allow.map(inStage), deny: deny.map(inStage) };
  const policy = parsePolicy(documentOf(inside));
  if (policy === undefined) throw new Error('not a policy');
  return policy;
}

/** What follows the ARN of the stage. */
function targetOf({ verb, path }: ApiRequest): string {
  return `${verb}${path}`;
}

/**
 * The words of a path as it is, decoded, without parameters, with dot segments resolved, and all of that at once. Whoever
 * reads parameters takes them off before it decodes: an encoded `;` is no delimiter (RFC 3986 §2.2).
 */
function readingsOf(path: string): readonly (readonly string[])[] {
  const words = path.slice(1).split('/');
  if (!/[%;]|\/\.|\/\/|.\/$/.test(path)) return [words];
  const bare = words.map(withoutParameters);
  const readings = [words, words.map(decoded), bare, bare.map(decoded)];
  const all = [...readings, ...readings.map(normalized)];
  return [...new Map(all.map((reading) => [JSON.stringify(reading), reading])).values()];
}

/** Split at slashes that were encoded, empty segments dropped, dot segments resolved (RFC 3986 §5.2.4). */
function normalized(words: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const word of words.join('/').split('/')) {
    if (word === '..') kept.pop();
    else if (word !== '.' && word !== '') kept.push(word);
  }
  return kept.length === 0 ? [''] : kept;
}

function withoutParameters(word: string): string {
  return word.replace(/;.*$/, '');
}

function winnersOf(
  table: readonly ExactRoute[],
  verb: string,
  words: readonly string[],
): readonly number[] {
  const matching: Match[] = [];
  for (const [id, { key }] of table.entries()) {
    const isAny = key.startsWith('ANY ');
    if (!isAny && !key.startsWith(`${verb} `)) continue;
    const ranks = ranksAlong(key.slice(key.indexOf('/') + 1).split('/'), words);
    if (ranks !== undefined) matching.push({ id, ranks, isAny });
  }
  const surelyWins = (one: Match, other: Match) => {
    const leads = one.ranks.map((rank, index) => rank - (other.ranks[index] ?? 0));
    if (leads.some((lead) => lead < 0)) return false;
    return leads.some((lead) => lead > 0) || (!one.isAny && other.isAny);
  };
  return matching
    .filter((one) => !matching.some((other) => surelyWins(other, one)))
    .map(({ id }) => id);
}

interface Match {
  readonly id: number;
  readonly ranks: readonly number[];
  readonly isAny: boolean;
}

/** How closely each word of a request is described by a template: spelt out, one of any, or the rest. */
function ranksAlong(
  template: readonly string[],
  words: readonly string[],
): readonly number[] | undefined {
  const ranks: number[] = [];
  for (const [index, word] of words.entries()) {
    const segment = template[index] ?? (template.at(-1)?.endsWith('+}') ? '{rest+}' : undefined);
    if (segment === undefined) return undefined;
    if (!segment.startsWith('{')) {
      if (segment !== word) return undefined;
      ranks.push(2);
    } else if (word === '') return undefined;
    else ranks.push(segment.endsWith('+}') ? 0 : 1);
  }
  return words.length < template.length ? undefined : ranks;
}

function decoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
