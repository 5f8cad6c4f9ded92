/**
 * What a policy has to say, worked out on the characters of a request alone. Shares no code with what it judges: routes
 * are regular expressions here, specificity is compared along the words of the request, policies are read as IAM does.
 */
import type { ExactRoute } from '../../../functions/core/exact-policy/compile-exact-policy.ts';
import type { PolicyResources } from '../../../functions/core/exact-policy/exact-policy.ts';
import {
  evaluatePolicy,
  type PolicyVerdict,
  parsePolicy,
} from '../../../local/gateway/policy-evaluation.ts';
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

export function arnOf({ verb, path }: ApiRequest): string {
  return `${stageArn}/${verb}${path}`;
}

/** The routes that may serve a request, whether the gateway decodes its path before it looks or not. */
export function possibleWinners(
  table: readonly ExactRoute[],
  { verb, path }: ApiRequest,
): ReadonlySet<number> {
  const words = path.slice(1).split('/');
  const winners = new Set(winnersOf(table, verb, words));
  if (path.includes('%')) {
    for (const id of winnersOf(table, verb, words.map(decoded))) winners.add(id);
  }
  return winners;
}

/** Spelt so that no answer may allow it: an empty segment, or an encoded character that a template spells out. */
export function isUncertain(table: readonly ExactRoute[], path: string): boolean {
  if (path !== '/' && path.slice(1).split('/').includes('')) return true;
  const spelt = table
    .filter(({ isOpen }) => !isOpen)
    .map(({ key }) => key.replace(/^[A-Z]+ |\{[^}]*\}|\//g, ''))
    .join('');
  return [...path.matchAll(/%../g)].some(([one]) => spelt.includes(decoded(one)));
}

/** Has an encoded letter, digit or the like: no client needs to send that, and an answer may refuse it. */
export function isNeedlesslyEncoded(path: string): boolean {
  return [...path.matchAll(/%../g)].some(([one]) => /^[\w.~-]$/.test(decoded(one)));
}

export function verdictOf(resources: PolicyResources, request: ApiRequest): PolicyVerdict {
  return evaluatePolicy(policyOf(resources), arnOf(request));
}

/** Says what a policy says wrongly of these requests, to a caller who is granted these routes. */
export function judge(
  table: readonly ExactRoute[],
  requests: readonly ApiRequest[],
): (granted: ReadonlySet<number>, resources: PolicyResources) => readonly Wrong[] {
  const cases = requests.map((request) => ({
    ...{ arn: arnOf(request), name: `${request.verb} ${request.path}` },
    mustBeDenied: isUncertain(table, request.path),
    mayBeRefused: isNeedlesslyEncoded(request.path),
    winners: [...possibleWinners(table, request)].flatMap((id) => {
      const route = table[id];
      return route === undefined || route.isOpen ? [] : [{ id, route }];
    }),
  }));
  return (granted, resources) => {
    const policy = policyOf(resources);
    const wrongs: Wrong[] = [];
    for (const { arn, name, mustBeDenied, mayBeRefused, winners } of cases) {
      const verdict = evaluatePolicy(policy, arn);
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

function policyOf(resources: PolicyResources) {
  const policy = parsePolicy(documentOf(resources));
  if (policy === undefined) throw new Error('not a policy');
  return policy;
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
