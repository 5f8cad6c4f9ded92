import { hash } from 'node:crypto';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { AuthRequest } from '../core/routes/auth-request.ts';
import type { DenyReason } from '../core/routes/decision.ts';
import type { PolicyResources } from '../core/routes/exact-policy/exact-policy.ts';
import type { Judgement } from '../core/routes/judgement.ts';
import type { Principal } from '../core/routes/principal.ts';
import { authorizerContext } from './authorizer-context.ts';
import { fitting, fittingPart } from './fitting.ts';

/** What an answer is made of beside the judgement. */
export interface AnswerParts {
  /** The ARN of this very request, as the caller spelt it. */
  readonly methodArn: string;
  /** The policy for the whole API. */
  policy(granted: ReadonlySet<number>, request: AuthRequest): PolicyResources;
  /** The value of an API Gateway key that stands for whoever this is in the usage plans, if the API has any. */
  usageIdentifierKey(principal: Principal | undefined): string | undefined;
}

/**
 * The answer to a gateway that evaluates policies. A fault of the credential throws exactly `Unauthorized`, which REST and
 * WebSocket APIs make a 401 of; what is unavailable throws something else, which becomes a 5xx and is not replayed. Nobody
 * knows what an HTTP API does with `Unauthorized`, so it gets a Deny.
 */
export function policyAnswer(
  judgement: Judgement & { readonly decisionId: string },
  request: AuthRequest,
  parts: AnswerParts,
): APIGatewayAuthorizerResult {
  const { decision, granted } = judgement;
  if (decision.outcome === 'unavailable') throw new Error('Unavailable');
  const isAnswered =
    decision.outcome === 'allow' || granted !== undefined || isForbidden(decision.reason);
  if (!isAnswered && request.surface !== 'http-1') throw new Error('Unauthorized');
  const { principal } = decision;
  const usageIdentifierKey = parts.usageIdentifierKey(principal);
  return fitting({
    principalId: principal === undefined ? 'nobody' : principalId(principal),
    policyDocument:
      granted === undefined
        ? policyDocument(ownResources(decision.outcome === 'allow', request, parts.methodArn))
        : apiPolicy(parts.policy(granted, request)),
    context: authorizerContext(judgement),
    ...(usageIdentifierKey === undefined ? {} : { usageIdentifierKey }),
  });
}

/** Characters that API Gateway takes in one `Resource`. */
const resourceCharactersMax = 512;

type Policy = APIGatewayAuthorizerResult['policyDocument'];

type Statement = Policy['Statement'][number];

/** Of resources that serve many answers; they go when the resources do. */
const apiPolicies: WeakMap<PolicyResources, Policy> = new WeakMap();

function apiPolicy(resources: PolicyResources): Policy {
  const known = apiPolicies.get(resources);
  if (known !== undefined) return known;
  const made = fittingPart(policyDocument(resources));
  apiPolicies.set(resources, made);
  return made;
}

function policyDocument(resources: PolicyResources): Policy {
  return { Version: '2012-10-17', Statement: statements(resources) };
}

/**
 * The answer where no set of routes was decided on. A no is a no to everything: nothing that is replayed, and no spelling
 * of this request, may be left to an API whose resource policy takes "not mentioned" for yes.
 */
function ownResources(
  isAllowed: boolean,
  request: AuthRequest,
  methodArn: string,
): PolicyResources {
  const resource = isAllowed ? allowedResource(request, methodArn) : undefined;
  return resource === undefined
    ? { allow: [], deny: [`${request.stageArn}/*`] }
    : { allow: [resource], deny: [] };
}

function statements({ allow, deny }: PolicyResources): Statement[] {
  return [
    ...(allow.length === 0 ? [] : [statement('Allow', allow)]),
    ...(deny.length === 0 ? [] : [statement('Deny', deny)]),
  ];
}

function statement(Effect: 'Allow' | 'Deny', resources: readonly string[]): Statement {
  const [only, ...more] = resources;
  const Resource = only !== undefined && more.length === 0 ? only : [...resources];
  return { Action: 'execute-api:Invoke', Effect, Resource };
}

/**
 * The route of a request, but on an HTTP API that wants policies: under which key such an API replays them nobody knows,
 * for Keyward configures no cache there, and a route's glob reaches others. So it is the ARN of the request itself, and
 * `undefined` where a policy would not take that literally.
 */
function allowedResource(request: AuthRequest, methodArn: string): string | undefined {
  if (request.surface !== 'http-1') return resourceOf(request);
  const path = methodArn.slice(request.stageArn.length);
  const isLiteral = /^\/[^*?$\s]+$/.test(path) && methodArn.length <= resourceCharactersMax;
  return isLiteral ? methodArn : undefined;
}

/** The one route of a request. A WebSocket's has no verb. */
function resourceOf({ route, stageArn }: AuthRequest): string {
  if (route === undefined) return `${stageArn}/*`;
  if (route.key === '$connect') return `${stageArn}/$connect`;
  return `${stageArn}/${verbOf(route.method)}${globOf(route.template)}`;
}

/** 403: the credential is good and does not suffice. Everything else is 401: another credential may do. */
function isForbidden(reason: DenyReason): boolean {
  switch (reason) {
    case 'insufficient_scope':
    case 'insufficient_role':
    case 'step_up_required':
    case 'rate_limited':
    case 'ip_denied':
    case 'route_not_declared':
      return true;
    default:
      return false;
  }
}

/** A verb is the caller's to choose where the route is `ANY`, and `*` is a legal one (RFC 9110 §5.6.2, §9.1). */
function verbOf(method: string): string {
  if (!/^[A-Z]+$/.test(method)) throw new Error('a verb that is no plain word');
  return method;
}

/**
 * `/orders/{id}` as `/orders/*`. Too wide for a policy that serves a whole API, and exact where no other route is ever held
 * against it. Templates come from the deployed API; one with a wildcard of its own is none of ours.
 */
function globOf(template: string): string {
  if (/[*?$]/.test(template)) throw new Error('a template with a wildcard');
  return template.replace(/\{[^}]*\}/g, '*');
}

function principalId(principal: Principal): string {
  if (principal.clientId !== '') return principal.clientId;
  return hash('sha256', `${principal.issuer}|${principal.subject}`, 'hex').slice(0, 32);
}
