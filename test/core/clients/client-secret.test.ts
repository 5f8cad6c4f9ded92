import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mintClientId, mintClientSecret } from '../../../functions/core/clients/client-secret.ts';
import { digest } from '../../../functions/core/digest.ts';

const random = fc.uint8Array({ minLength: 32, maxLength: 32 });
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test('a secret can be recognised offline, reads the same in every encoding, and is kept as its hash alone', () => {
  fc.assert(
    fc.property(random, (bits) => {
      const { secret, record } = mintClientSecret({ bytes: (n) => bits.slice(0, n) }, 5, 9);
      expect(secret).toMatch(/^kwcs_[0-9A-Za-z]{49}$/);
      expect(encodeURIComponent(secret)).toBe(secret);
      const check = [...secret.slice(-6)].reduce(
        (sum, digit) => sum * 62 + alphabet.indexOf(digit),
        0,
      );
      expect(check).toBe(crc32(secret.slice(0, -6)));
      expect(record).toMatchObject({ hash: digest(secret), createdAt: 5, expiresAt: 9 });
      expect(JSON.stringify(record)).not.toContain(secret.slice(5, -4));
    }),
  );
});

test('other random bits make another secret and another id', () => {
  fc.assert(
    fc.property(random, random, (one, other) => {
      fc.pre(Buffer.compare(one.subarray(0, 16), other.subarray(0, 16)) !== 0);
      const mint = (bits: Uint8Array) => ({ bytes: (n: number) => bits.slice(0, n) });
      expect(mintClientSecret(mint(one), 0).secret).not.toBe(
        mintClientSecret(mint(other), 0).secret,
      );
      expect(mintClientId(mint(one))).not.toBe(mintClientId(mint(other)));
    }),
  );
});
