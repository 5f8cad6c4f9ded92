/**
 * P-256 signatures between the two spellings of r and s: DER, which OpenSSL speaks, and the 64 bytes of RFC 7518 §3.4.
 * The conversion is ours because Node 24.18 to 24.21 pay tens of microseconds for asking for `ieee-p1363`.
 */
const size = 32;
/** A SEQUENCE of two INTEGERs with a sign byte each. */
const derBytesMax = 2 + 2 * (2 + 1 + size);
const groupOrder = Buffer.from(
  'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  'hex',
);

/** DER of a 64-byte signature; `undefined` when r or s is 0 or not below the group order, or the length is wrong. */
export function derFromRaw(raw: Uint8Array): Buffer | undefined {
  if (raw.length !== 2 * size) return undefined;
  const r = raw.subarray(0, size);
  const s = raw.subarray(size);
  if (!isScalar(r) || !isScalar(s)) return undefined;
  const der = Buffer.alloc(derBytesMax);
  const end = putInteger(der, putInteger(der, 2, r), s);
  der[0] = 0x30;
  der[1] = end - 2;
  return der.subarray(0, end);
}

/** The 64 bytes of a DER signature that OpenSSL has made. */
export function rawFromDer(der: Uint8Array): Buffer {
  // From the pool, where memory of its own would cost more than the conversion.
  const raw = Buffer.allocUnsafe(2 * size);
  // SEQUENCE, INTEGER r, INTEGER s: all lengths of P-256 fit one byte.
  let end = 2;
  for (const start of [0, size]) {
    const first = end + 2;
    end = first + (der[end + 1] ?? 0);
    // Right to left, so that a sign byte is left out and missing digits are zeros.
    for (let place = size - 1, at = end - 1; place >= 0; place -= 1, at -= 1) {
      raw[start + place] = at < first ? 0 : (der[at] ?? 0);
    }
  }
  return raw;
}

function isScalar(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, groupOrder) < 0 && bytes.some((byte) => byte !== 0);
}

/**
 * Writes an INTEGER: no leading zeros, but one where the sign bit would be set.
 *
 * @param scalar not 0
 * @returns where it ends
 */
function putInteger(der: Buffer, at: number, scalar: Uint8Array): number {
  const first = scalar.findIndex((byte) => byte !== 0);
  const sign = (scalar[first] ?? 0) >= 0x80 ? 1 : 0;
  const length = sign + size - first;
  der[at] = 0x02;
  der[at + 1] = length;
  der.set(scalar.subarray(first), at + 2 + sign);
  return at + 2 + length;
}
