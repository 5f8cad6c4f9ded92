import type { FunctionHost, InvocationResult, Log } from '../contracts.ts';
import type { AuthorizerSpec } from './api-spec.ts';
import {
  type AuthorizerAnswer,
  type AuthorizerContext,
  parseAuthorizerAnswer,
} from './authorizer-answer.ts';
import { evaluatePolicy } from './policy-evaluation.ts';
import type { ResultCache } from './result-cache.ts';
import { within } from './within.ts';

/** What a gateway does with a request after its authorizer was asked, or was not. */
export type AuthorizerOutcome =
  | {
      readonly kind: 'allowed';
      readonly principalId: string | undefined;
      readonly context: AuthorizerContext;
      readonly usageIdentifierKey: string | undefined;
      /** 0 where a cached answer was replayed. */
      readonly latencyMilliseconds: number;
    }
  | { readonly kind: 'denied'; readonly isExplicit: boolean; readonly context: AuthorizerContext }
  /** The function threw exactly `Unauthorized`. */
  | { readonly kind: 'unauthorized' }
  /** It threw something else, or answered in a wrong shape. */
  | { readonly kind: 'misconfigured' }
  /** It could not be asked, or did not answer in time. */
  | { readonly kind: 'failed' };

export interface AuthorizerOptions {
  readonly spec: AuthorizerSpec;
  /** ARN of the authorizer itself: on whose behalf the function is invoked. */
  readonly authorizerArn: string;
  readonly accountId: string;
  readonly form: 'simple' | 'policy';
  readonly contextForm: 'flat' | 'nested';
  readonly functions: FunctionHost;
  readonly log: Log;
  readonly nowMilliseconds: () => number;
  readonly timeoutMilliseconds: number;
}

export interface AuthorizerRequest {
  /** The cache key is made of these and of nothing else. */
  readonly identity: readonly string[];
  /** What a policy is evaluated against, on cache hits too. */
  readonly methodArn: string;
  /** A resource policy allows the request, so that an answer which says nothing of it lets it pass. @default false */
  readonly allowsSilence?: boolean;
  /** Where answers are kept; without it none is replayed. */
  readonly cache?: ResultCache<AuthorizerAnswer>;
  readonly event: () => unknown;
}

/** One authorizer of one API. */
export function gatewayAuthorizer(
  options: AuthorizerOptions,
): (request: AuthorizerRequest) => Promise<AuthorizerOutcome> {
  const { spec, functions, nowMilliseconds } = options;
  return async (request) => {
    const { identity, cache, event } = request;
    const cached = cache?.get(identity);
    if (cached !== undefined) return verdict(cached, request, 0);
    const startedMilliseconds = nowMilliseconds();
    const result = await within(
      options.timeoutMilliseconds,
      functions.invoke(spec.functionArn, JSON.stringify(event()), {
        service: 'apigateway.amazonaws.com',
        sourceArn: options.authorizerArn,
        sourceAccount: options.accountId,
      }),
    );
    const answer = read(result);
    if ('outcome' in answer) return answer.outcome;
    cache?.set(identity, answer.answer);
    return verdict(answer.answer, request, nowMilliseconds() - startedMilliseconds);
  };

  function read(
    result: InvocationResult | 'too-late',
  ): { readonly answer: AuthorizerAnswer } | { readonly outcome: AuthorizerOutcome } {
    if (result === 'too-late') return refuse('failed', 'did not answer in time');
    switch (result.kind) {
      case 'refused':
        return refuse('failed', `could not be invoked: ${result.reason}`);
      case 'function-error': {
        // The string matters to the letter.
        if (result.errorMessage === 'Unauthorized') return { outcome: { kind: 'unauthorized' } };
        return refuse('misconfigured', `failed: ${result.errorType}: ${result.errorMessage}`);
      }
      case 'answer': {
        const { form, contextForm } = options;
        const answer = parseAuthorizerAnswer(result.payload, form, contextForm);
        return typeof answer === 'string' ? refuse('misconfigured', answer) : { answer };
      }
    }
  }

  function refuse(
    kind: 'failed' | 'misconfigured',
    problem: string,
  ): { readonly outcome: AuthorizerOutcome } {
    options.log(`authorizer ${spec.logicalId}: ${problem}`);
    return { outcome: { kind } };
  }
}

function verdict(
  answer: AuthorizerAnswer,
  { methodArn, allowsSilence = false }: AuthorizerRequest,
  latencyMilliseconds: number,
): AuthorizerOutcome {
  const { context } = answer;
  if (answer.kind === 'simple') {
    if (!answer.isAuthorized) return { kind: 'denied', isExplicit: false, context };
    const nobody = { principalId: undefined, usageIdentifierKey: undefined };
    return { kind: 'allowed', ...nobody, context, latencyMilliseconds };
  }
  const decision = evaluatePolicy(answer.policy, methodArn);
  if (decision === 'explicit-deny') return { kind: 'denied', isExplicit: true, context };
  if (decision === 'implicit-deny' && !allowsSilence) {
    return { kind: 'denied', isExplicit: false, context };
  }
  const { principalId, usageIdentifierKey } = answer;
  return { kind: 'allowed', principalId, usageIdentifierKey, context, latencyMilliseconds };
}
