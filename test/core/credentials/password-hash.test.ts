import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hashOfNothing,
  hashPassword,
  isOutdated,
  isPasswordHash,
  verifyPassword,
} from '../../../functions/core/credentials/password-hash.ts';

const salt = Uint8Array.from({ length: 16 }, (_, i) => i);
const published =
  '$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$2Mf3r+U6KRpwF53uwFNOalz6r6yVMEMpBS72pXfC1Fo';
/** As cheap as argon2id allows, so that properties end. */
const cheap = (parameters: string) =>
  `$argon2id$v=19$${parameters}$AAECAwQFBgcICQoLDA0ODw$${published.split('$')[5]}`;

describe('a password hash', () => {
  test('is the published one for the published password and salt', async () => {
    expect(await hashPassword('pencil-Über', salt)).toBe(published);
    expect(await verifyPassword('pencil-Über', published)).toBe(true);
  });

  test.each(['pencil-Uber', 'pencil-U\u0308ber', 'Pencil-Über', 'pencil-Über ', 'pencil-Übe', ''])(
    'of the published password does not fit %j',
    async (password) => {
      expect(await verifyPassword(password, published)).toBe(false);
    },
  );

  test('is another one for another salt, and the same one for the same', async () => {
    const other = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
    const hashes = await Promise.all(
      [salt, other, salt].map((bytes) => hashPassword('secret password', bytes)),
    );
    expect(hashes[0]).toBe(hashes[2]);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test('fits the password that it was made of and no other one, whatever they are', async () => {
    const password = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(password, password, async (one, other) => {
        const phc = await hashPassword(one, salt);
        expect(isPasswordHash(phc)).toBe(true);
        expect(isOutdated(phc)).toBe(false);
        expect(await verifyPassword(one, phc)).toBe(true);
        expect(await verifyPassword(other, phc)).toBe(one === other);
      }),
      { numRuns: 10 },
    );
  });

  test('of nothing has the shape and the parameters of any other, and fits nothing', async () => {
    const nothing = hashOfNothing(Uint8Array.from({ length: 48 }, (_, i) => i));
    expect(nothing).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect([isPasswordHash(nothing), isOutdated(nothing)]).toEqual([true, false]);
    for (const password of ['', 'password']) {
      expect(await verifyPassword(password, nothing)).toBe(false);
    }
  });

  test.each(['m=12288,t=3,p=1', 'm=8,t=1,p=1', 'm=19456,t=3,p=1', 'm=19456,t=2,p=2'])(
    'with %s is outdated and verifies all the same',
    async (parameters) => {
      expect(isOutdated(cheap(parameters))).toBe(true);
      expect(await verifyPassword('pencil-Über', cheap(parameters))).toBe(false);
    },
  );

  test('with a tag of another length is outdated', () => {
    const shorter = `${published.slice(0, published.lastIndexOf('$') + 1)}${'A'.repeat(22)}`;
    expect([isPasswordHash(shorter), isOutdated(shorter)]).toEqual([true, true]);
  });
});

describe('a stored hash is refused before it is run', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['that demands a gigabyte', cheap('m=1048576,t=2,p=1')],
    ['that demands more than 128 MiB', cheap('m=131073,t=1,p=1')],
    ['that demands more than ten passes', cheap('m=8,t=11,p=1')],
    ['that demands more than four lanes', cheap('m=64,t=1,p=5')],
    ['with less memory than its lanes need', cheap('m=15,t=1,p=2')],
    ['with no passes', cheap('m=8,t=0,p=1')],
    ['with a number of two spellings', cheap('m=08,t=1,p=1')],
    ['with its parameters in another order', cheap('t=1,m=8,p=1')],
    ['with a parameter that is not there', cheap('m=8,t=1')],
    ['with a parameter too many', cheap('m=8,t=1,p=1,keyid=x')],
    ['of argon2i', published.replace('argon2id', 'argon2i')],
    ['of version 16', published.replace('v=19', 'v=16')],
    ['without a version', published.replace('$v=19', '')],
    ['of bcrypt', '$2b$10$abcdefghijklmnopqrstuuKqK6nYQ8uGv1n6vYw8n1nT0hV1h1h1C'],
    ['with padding', `${published}=`],
    ['with unused bits in its salt', published.replace('ODw$', 'ODx$')],
    ['with unused bits in its tag', `${published.slice(0, -1)}p`],
    ['in base64url', published.replace('+', '-')],
    ['with a salt that is too short', published.replace('AAECAwQFBgcICQoLDA0ODw', 'AAECAwQFBg')],
    ['with a salt that is too long', published.replace('AAEC', 'AAEC'.repeat(20))],
    ['with a tag that is too short', `${published.slice(0, published.lastIndexOf('$'))}$AAAA`],
    ['without a tag', published.slice(0, published.lastIndexOf('$'))],
    ['with something after it', `${published}\n`],
    ['with something before it', ` ${published}`],
    ['that is nothing', ''],
  ];

  test.each(refused)('%s', async (_name, phc) => {
    expect(isPasswordHash(phc)).toBe(false);
    expect(isOutdated(phc)).toBe(true);
    await expect(verifyPassword('pencil-Über', phc)).rejects.toThrow(
      'a password hash that is none',
    );
  });

  test('whatever a text is, it is none or one that is within bounds', () => {
    const number = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 200_000 }), fc.nat());
    const text = fc.oneof(
      fc.string(),
      fc.tuple(number, number, number).map(([m, t, p]) => cheap(`m=${m},t=${t},p=${p}`)),
    );
    fc.assert(
      fc.property(text, (phc) => {
        const [, m, t, p] = /m=(\d+),t=(\d+),p=(\d+)/.exec(phc)?.map(Number) ?? [];
        const isBounded =
          Number(m) >= 8 * Number(p) && Number(m) <= 131_072 && Number(t) <= 10 && Number(p) <= 4;
        expect(isPasswordHash(phc)).toBe(isBounded && Number(t) > 0 && Number(p) > 0);
      }),
      { numRuns: 1_000 },
    );
  });
});
