/** Bytes of an authorizer's answer, policy and context together (quota L-20859C74). */
const answerBytesMax = 8_192;

/** An answer that API Gateway takes. What does not fit would be a 500 of the gateway without a word, so it throws here. */
export function fitting<T extends object>(answer: T): T {
  const text = JSON.stringify(answer);
  // A character has three bytes at most, so most answers need no second look.
  if (text.length * 3 > answerBytesMax && Buffer.byteLength(text) > answerBytesMax) {
    throw new Error('an answer that does not fit what API Gateway takes');
  }
  return answer;
}
