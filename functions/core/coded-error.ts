/** An error of ours whose `code` is out of a closed set, so that it may be written down. No text from outside is in it. */
export abstract class CodedError extends Error {
  abstract override readonly name: string;
  abstract readonly code: string;
}
