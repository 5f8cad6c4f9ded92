import type { CfnResource } from 'aws-cdk-lib';
import { CfnAuthorizer as CfnRestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { IConstruct } from 'constructs';
import { type RouteTable, uncacheable } from '../functions/core/routes/compile-routes.ts';
import type { RoutePolicy, Routes } from '../functions/core/routes/route-policy.ts';
import type { AttachedRoute } from './attached-routes.ts';
import { identityHeaderProblem, sendsIdentity } from './identity-headers.ts';
import { rendered } from './rendered.ts';
import { type ApiKind, isOther } from './revocation-lag.ts';

/** A route table, and the API that it is for. */
export interface Attachments {
  readonly kind: ApiKind;
  readonly routes: Routes;
  readonly table: RouteTable;
  readonly attached: readonly AttachedRoute[];
  /** The API's own authorizers over this table. */
  readonly authorizers: readonly (IConstruct | undefined)[];
  /** Seconds that an answer may be replayed for. */
  readonly replayed: number;
}

/** What is wrong between a route table and the API that it is for, one sentence each, by the name of the route. */
export function routeProblems(attachments: Attachments): string[] {
  const { kind, routes, attached } = attachments;
  const isMapped = attached.some(({ proxyParameters }) => sendsIdentity(proxyParameters));
  const keys = new Set(attached.map(({ key }) => key));
  return [
    ...attached.flatMap((route) => attachmentProblem(route, attachments) ?? []),
    ...(isMapped
      ? attached.flatMap((route) => identityHeaderProblem(route, routes, kind) ?? [])
      : []),
    ...Object.keys(routes)
      .filter((key) => !isOther(kind, key) && !keys.has(key))
      .map((key) => `${key} has a policy but the API has no such route`),
  ];
}

function attachmentProblem(route: AttachedRoute, attachments: Attachments): string | undefined {
  const { key, authorizationType } = route;
  const { kind, routes } = attachments;
  // Whoever sends a message was let in at $connect; API Gateway authorizes nothing else there.
  if (kind === 'websocket' && key !== '$connect') return undefined;
  const isOpen = authorizationType === 'NONE';
  if (key.startsWith('OPTIONS ')) {
    return isOpen
      ? undefined
      : `${key} is protected: a preflight carries no credential, and browsers would fail`;
  }
  const policy = Object.hasOwn(routes, key) ? routes[key] : undefined;
  if (policy === undefined) {
    return isOpen && isCatchAll(key)
      ? `${key} has no route policy and is left open: it answers whatever no other route does`
      : `${key} has no route policy`;
  }
  if (policy.public) {
    return isOpen
      ? undefined
      : `${key} is public in the route table but was attached with an authorizer`;
  }
  if (isOpen) return `${key} needs a credential but was attached without the authorizer`;
  return authorizerProblem(route, policy, attachments);
}

function authorizerProblem(
  { key, authorizationType, authorizer }: AttachedRoute,
  policy: Extract<RoutePolicy, { readonly public: false }>,
  { table, authorizers, replayed }: Attachments,
): string | undefined {
  if (authorizer === undefined || !authorizers.includes(authorizer)) {
    const other = authorizer?.node.path ?? authorizationType;
    return `${key} was attached to ${other}, which does not know its route policy: take what the guard hands out for it`;
  }
  const ttl = ttlOf(authorizer as CfnResource);
  const isReplayed = table.routes[key]?.cache !== 'none';
  if (ttl <= (isReplayed ? replayed : 0)) return undefined;
  const reason = uncacheable(key, policy, table.identity);
  const why = isReplayed
    ? `may be replayed for ${replayed} s`
    : `must not be replayed (${reason ?? 'its revocation lag leaves no time for it'})`;
  return `${key} ${why}, and ${authorizer.node.path} replays answers for ${ttl} s`;
}

/** Seconds. API Gateway's default where nothing is set: five minutes on REST APIs, nothing elsewhere. */
function ttlOf(authorizer: CfnResource): number {
  const { AuthorizerResultTtlInSeconds } = rendered(authorizer);
  const otherwise = authorizer instanceof CfnRestAuthorizer ? 300 : 0;
  return Number(AuthorizerResultTtlInSeconds ?? otherwise);
}

function isCatchAll(key: string): boolean {
  return key === '$default' || key.endsWith('+}');
}
