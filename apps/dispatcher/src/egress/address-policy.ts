import ipaddr from 'ipaddr.js';
import { BlockedAddressError } from './blocked-address.error.js';

type Cidr = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** IPv6 addresses outside it (such as `::7f00:1`, an IPv4 loopback in disguise) are not global, whatever their range is called. */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Says which addresses an attempt may reach. */
export interface AddressPolicy {
  /** Throws `BlockedAddressError`. @param address an IP address in any written form, IPv6 without brackets */
  assertAllowed(address: string): void;
}

function parseCidr(text: string): Cidr {
  try {
    const [address, bits] = text.includes('/')
      ? ipaddr.parseCIDR(text)
      : [ipaddr.parse(text), text.includes(':') ? 128 : 32];
    return [address, bits];
  } catch (cause) {
    throw new Error(`HOOKSTILE_EGRESS_ALLOW: "${text}" is not an address or a CIDR`, { cause });
  }
}

/**
 * Public addresses, and those of HOOKSTILE_EGRESS_ALLOW.
 * @param allow its addresses and CIDRs; none when it is unset or empty. Throws when one cannot be read.
 */
export function addressPolicyOf(allow: readonly string[]): AddressPolicy {
  const allowed = allow
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseCidr);

  return {
    assertAllowed: (text) => {
      // `process` turns an IPv4-mapped IPv6 address into the IPv4 one that would be connected to.
      const address = ipaddr.process(text);
      const range = rangeOf(address);
      if (range === 'unicast') return;
      if (allowed.some((cidr) => cidr[0].kind() === address.kind() && address.match(cidr))) return;
      throw new BlockedAddressError(address.toString(), range);
    },
  };
}

function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  const range = address.range();
  if (range === 'unicast' && address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST_V6)) return 'not global';
  return range;
}
