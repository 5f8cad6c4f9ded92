import { BlockList, isIP } from 'node:net';

/**
 * Compiles CIDR ranges and single addresses, IPv4 and IPv6, into a test of an address. Text that is no address is in no
 * range.
 * @returns the first text that is no range, where there is one
 */
export function addressRanges(texts: readonly string[]): ((address: string) => boolean) | string {
  const ranges = new BlockList();
  for (const text of texts) {
    const [address = '', bits, ...rest] = text.split('/');
    const family = familyOf(address);
    if (family === undefined || rest.length > 0) return text;
    const bitsMax = family === 'ipv4' ? 32 : 128;
    if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax)) return text;
    ranges.addSubnet(address, bits === undefined ? bitsMax : Number(bits), family);
  }
  return (address) => {
    const family = familyOf(address);
    return family !== undefined && ranges.check(address, family);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  // A zone (`fe80::1%eth0`) says where an address is reached, not who it is.
  const version = address.includes('%') ? 0 : isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}
