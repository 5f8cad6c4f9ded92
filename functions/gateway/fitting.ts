/** Bytes of an authorizer's answer, policy and context together (quota L-20859C74). */
const answerBytesMax = 8_192;

/** What JSON makes of the worst character, a control one or half a surrogate pair: `\u0000`. */
const characterBytesMax = 6;

/** The longest of what is neither text nor object, a number. */
const otherBytesMax = 25;

/** Bytes of parts that serve many answers. */
const measured: WeakMap<object, number> = new WeakMap();

/** An answer that API Gateway takes. What does not fit would be a 500 of the gateway without a word, so it throws here. */
export function fitting<T extends object>(answer: T): T {
  // Making JSON of an answer is a fifth of a decision that comes from the cache, and most of them are far below.
  if (bytesAtMost(answer) > answerBytesMax && bytesOf(answer) > answerBytesMax) {
    throw new Error('an answer that does not fit what API Gateway takes');
  }
  return answer;
}

/** A copy for many answers, which is measured once; frozen, because no answer may change another one. */
export function fittingPart<T extends object>(part: T): T {
  const text = JSON.stringify(part);
  const copy: T = JSON.parse(text, (_name, member) => Object.freeze(member));
  measured.set(copy, Buffer.byteLength(text));
  return copy;
}

function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** No less than the bytes of its JSON and a comma. */
function bytesAtMost(value: unknown): number {
  if (typeof value === 'string') return 3 + characterBytesMax * value.length;
  if (typeof value !== 'object' || value === null) return otherBytesMax + 1;
  const known = measured.get(value);
  if (known !== undefined) return known + 1;
  let bytes = 3;
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    bytes += 3 + characterBytesMax * name.length + bytesAtMost(member);
  }
  return bytes;
}
