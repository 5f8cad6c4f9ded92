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
