const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` digits of a number in base62, padded with `0` on the left; what does not fit falls away on the left. */
export function base62(value: bigint, length: number): string {
  return inDigits(value, length, digits);
}

/** The same in base58: without `0`, `I`, `O` and `l`, which people take for one another. */
export function base58(value: bigint, length: number): string {
  return inDigits(value, length, digits.replace(/[0IOl]/g, ''));
}

/** Bytes as one big-endian number. */
export function bigEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function inDigits(value: bigint, length: number, alphabet: string): string {
  const base = BigInt(alphabet.length);
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = `${alphabet[Number(rest % base)]}${text}`;
    rest /= base;
  }
  return text;
}
