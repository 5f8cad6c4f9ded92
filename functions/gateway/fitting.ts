import type { AuthorizerContext } from './authorizer-context.ts';

/** Bytes of an authorizer's answer, policy and context together (quota L-20859C74). */
const answerBytesMax = 8_192;

/** For this much context there is room beside any policy that synth lets through. */
const contextBytesReserved = 2_048;

/** An answer that API Gateway takes. What does not fit would be a 500 of the gateway without a word, so it throws here. */
export function fitting<T extends { readonly context?: AuthorizerContext }>(answer: T): T {
  const { context = {} } = answer;
  const isSmall = Buffer.byteLength(JSON.stringify(context)) <= contextBytesReserved;
  if (!isSmall && Buffer.byteLength(JSON.stringify(answer)) > answerBytesMax) {
    throw new Error('a principal that does not fit the answer');
  }
  return answer;
}
