import { type AuthorizerPolicy, parsePolicy } from './policy-evaluation.ts';

/** What an authorizer said, checked. */
export type AuthorizerAnswer =
  | {
      readonly kind: 'simple';
      readonly isAuthorized: boolean;
      readonly context: AuthorizerContext;
    }
  | {
      readonly kind: 'policy';
      readonly principalId: string;
      readonly policy: AuthorizerPolicy;
      readonly context: AuthorizerContext;
      /** Value of the API key that the request is metered under. */
      readonly usageIdentifierKey: string | undefined;
    };

export type AuthorizerContext = Readonly<Record<string, unknown>>;

/** Policy and context together; fixed. */
const answerBytesMax = 8 * 1024;

/**
 * Reads the answer of an authorizer. A wrong shape is never a yes and never a no: the text says what is wrong, and the
 * gateway answers 500.
 */
export function parseAuthorizerAnswer(
  payload: string,
  form: 'simple' | 'policy',
  contextForm: 'flat' | 'nested',
): AuthorizerAnswer | string {
  if (Buffer.byteLength(payload) > answerBytesMax) return 'the answer is larger than 8 KB';
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return 'the answer is not JSON';
  }
  if (!isObject(answer)) return 'the answer is not an object';
  const context = answer.context ?? {};
  if (!isObject(context)) return 'the context is not an object';
  const unfit = Object.entries(context).find(([, value]) => !isScalar(value));
  if (contextForm === 'flat' && unfit !== undefined) {
    return `the context member ${unfit[0]} is neither text, number nor boolean`;
  }
  if (form === 'simple') {
    const { isAuthorized } = answer;
    if (typeof isAuthorized !== 'boolean') return 'isAuthorized is not a boolean';
    return { kind: 'simple', isAuthorized, context };
  }
  const { principalId, policyDocument, usageIdentifierKey } = answer;
  if (typeof principalId !== 'string' || principalId === '') return 'principalId is missing';
  const policy = parsePolicy(policyDocument);
  if (policy === undefined) return 'policyDocument is not a policy that API Gateway understands';
  if (usageIdentifierKey !== undefined && typeof usageIdentifierKey !== 'string') {
    return 'usageIdentifierKey is not text';
  }
  return { kind: 'policy', principalId, policy, context, usageIdentifierKey };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
