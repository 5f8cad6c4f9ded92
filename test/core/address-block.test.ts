import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressBlock } from '../../functions/core/address-range.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000::', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['::fffe:c000:201', '0:0:0:0::/64'],
  ['1::ffff:192.0.2.1', '1:0:0:0::/64'],
])('whoever comes from %s stands behind %s', (address, block) => {
  expect(addressBlock(address)).toBe(block);
});

test.each([undefined, '', '-', 'localhost', '192.0.2.1:80', '192.0.2', 'fe80::1%eth0', '[::1]'])(
  '%j is no address',
  (text) => {
    expect(addressBlock(text)).toBeUndefined();
  },
);

test('two IPv6 addresses stand behind one block if and only if their first 64 bits are the same', () => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  });
  const text = (some: readonly number[]) => some.map((one) => one.toString(16)).join(':');
  fc.assert(
    fc.property(groups, groups, fc.boolean(), (one, other, isShared) => {
      const second = isShared ? [...one.slice(0, 4), ...other.slice(4)] : other;
      fc.pre(one[5] !== 0xffff && second[5] !== 0xffff);
      const isSame = text(one.slice(0, 4)) === text(second.slice(0, 4));
      expect(addressBlock(text(one)) === addressBlock(text(second))).toBe(isSame);
    }),
  );
});
