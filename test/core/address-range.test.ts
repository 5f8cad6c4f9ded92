import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAddressIn, isAddressRange } from '../../functions/core/address-range.ts';

test.each([
  '192.0.2.1',
  '192.0.2.0/24',
  '0.0.0.0/0',
  '2001:db8::/32',
  '::1',
  '::/0',
  '10.0.0.0/32',
])('%s is an address or a range', (range) => {
  expect(isAddressRange(range)).toBe(true);
});

test.each([
  ...['', 'x', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/2/4', '192.0.2/24', '2001:db8::/129'],
  ...['fe80::1%eth0', '192.0.2.0/-1', '192.0.2.0/1.5', ' 192.0.2.1', '*', '0/0'],
])('"%s" is none', (range) => {
  expect(isAddressRange(range)).toBe(false);
});

test.each([
  ['192.0.2.7', ['192.0.2.0/24'], true],
  ['192.0.3.7', ['192.0.2.0/24'], false],
  ['192.0.2.7', ['192.0.2.7'], true],
  ['192.0.2.8', ['192.0.2.7'], false],
  ['192.0.2.7', ['10.0.0.0/8', '192.0.2.0/24'], true],
  ['2001:db8::5', ['2001:db8::/32'], true],
  ['2001:db9::5', ['2001:db8::/32'], false],
  ['2001:0DB8:0:0::5', ['2001:db8::/32'], true],
  ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
  // An IPv4 address is one of IPv6 too (RFC 4291 §2.5.5.2).
  ['192.0.2.7', ['::/0'], true],
  ['192.0.2.7', ['2001::/16'], false],
  ['2001:db8::5', ['0.0.0.0/0'], false],
  ['test-invoke-source-ip', ['0.0.0.0/0', '::/0'], false],
  ['', ['0.0.0.0/0'], false],
  ['192.0.2.7', ['nonsense'], false],
  ['192.0.2.7', [], false],
] as const)('%s in %j: %s', (address, ranges, expected) => {
  expect(isAddressIn(address, [...ranges])).toBe(expected);
});

test('a range of n bits holds exactly the addresses that share them', () => {
  const text = (value: number) => [24, 16, 8, 0].map((by) => (value >>> by) & 255).join('.');
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.nat(32), (base, other, bits) => {
      const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
      const isIn = (base & mask) >>> 0 === (other & mask) >>> 0;
      expect(isAddressIn(text(other), [`${text(base)}/${bits}`])).toBe(isIn);
    }),
  );
});
