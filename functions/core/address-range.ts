import { BlockList, isIP } from 'node:net';

const lists = new WeakMap<readonly string[], BlockList>();

/** Is it an address, or a range in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3)? */
export function isAddressRange(range: string): boolean {
  const [address = '', bits, ...more] = range.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0 || address.includes('%')) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/** Does an address lie in one of the ranges? What is no address lies nowhere. */
export function isAddressIn(address: string, ranges: readonly string[]): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return listOf(ranges).check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Ranges are checked before they are written; one that is not a range admits nobody. */
function listOf(ranges: readonly string[]): BlockList {
  const known = lists.get(ranges);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const range of ranges.filter(isAddressRange)) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  lists.set(ranges, list);
  return list;
}

/**
 * Who stands behind an address, in one spelling: an IPv4 address, or the /64 of an IPv6 address, which is the least that a
 * customer gets (RFC 6177 §2). `undefined` for what is no address.
 */
export function addressBlock(address: string | undefined): string | undefined {
  if (address === undefined || isIP(address) === 0 || address.includes('%')) return undefined;
  if (isIP(address) === 4) return address;
  const groups = groupsOf(address);
  const mapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  // An IPv4 address in the clothes of IPv6 (RFC 4291 §2.5.5.2): all of them lie in one /64.
  if (mapped) return groups.slice(6).flatMap(bytesOf).join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, in lower case and without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  return [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
}

function bytesOf(group: string): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
