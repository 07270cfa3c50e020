import ipaddr from 'ipaddr.js';
import { embeddedIpv4 } from './embedded-ipv4.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Cidr = [Address, number];

/** IPv6 addresses outside it (such as `::7f00:1`, an IPv4 loopback in disguise) are not global, whatever their range is called. */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Where clouds tell a machine its credentials, as far as no special range covers it, or a range that an operator may want
 * to allow does: to allow fc00::/7 is not to hand out credentials. Sources: the clouds' own documentation.
 */
const METADATA_SERVICES: ReadonlySet<string> = new Set(
  [
    '169.254.169.254', // AWS, Azure, Google, Oracle, DigitalOcean, OpenStack
    '169.254.170.2', // AWS, containers
    '169.254.170.23', // AWS, pods
    '169.254.42.42', // Scaleway
    '168.63.129.16', // Azure's platform address, which is public unicast by number
    '100.100.100.200', // Alibaba
    '192.0.0.192', // Oracle, the older one
    'fd00:ec2::254', // AWS
    'fd00:ec2::23', // AWS, pods
    'fd20:ce::254', // Google
    'fd00:42::42', // Scaleway
  ].map((text) => ipaddr.parse(text).toString()),
);

/** Says which addresses may be reached. */
export interface AddressPolicy {
  /** Why not, as what follows "the address"; null where it may. @param text in any written form, IPv6 without brackets */
  objectionTo(text: string): string | null;
  /** Whether HOOKSTILE_EGRESS_ALLOW has it, and nothing is against it. */
  grants(text: string): boolean;
  /** Whether HOOKSTILE_EGRESS_ALLOW has anything. */
  readonly grantsAny: boolean;
}

/**
 * Public addresses, and those of HOOKSTILE_EGRESS_ALLOW; none of HOOKSTILE_EGRESS_DENY.
 * @param allow addresses and CIDRs; none when it is unset or empty. Throws when one cannot be read.
 */
export function addressPolicyOf(allow: readonly string[], denied: readonly Cidr[] = []): AddressPolicy {
  const allowed = allow
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => cidrOf(part) ?? unreadable(part));
  const isGranted = (address: Address) => allowed.some((cidr) => contains(cidr, address));
  const isGrantedAlone = (address: Address) => allowed.some((cidr) => isSingle(cidr) && contains(cidr, address));

  function objection(address: Address): string | null {
    if (denied.some((cidr) => contains(cidr, address))) return 'is in HOOKSTILE_EGRESS_DENY';
    if (METADATA_SERVICES.has(address.toString())) {
      return isGrantedAlone(address) ? null : "is a cloud's metadata service";
    }
    const inside = embeddedIpv4(address);
    if (inside?.some((one) => objection(one) !== null)) return 'leads to an IPv4 address that is not public';
    const range = rangeOf(address);
    if (range === 'unicast' || isGranted(address)) return null;
    return `is not public (${range}) and not in HOOKSTILE_EGRESS_ALLOW`;
  }

  return {
    objectionTo: (text) => {
      const address = read(text);
      return address === null ? 'cannot be read' : objection(address);
    },
    grants: (text) => {
      const address = read(text);
      return address !== null && isGranted(address) && objection(address) === null;
    },
    grantsAny: allowed.length > 0,
  };
}

/** Null where the text is neither an address nor a CIDR. */
export function cidrOf(text: string): Cidr | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.parse(text);
  return [address, bitsOf(address)];
}

function unreadable(part: string): never {
  throw new Error(`HOOKSTILE_EGRESS_ALLOW: "${part}" is not an address or a CIDR`);
}

/** `process` turns an IPv4-mapped IPv6 address into the IPv4 one that would be connected to. */
function read(text: string): Address | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

function contains(cidr: Cidr, address: Address): boolean {
  return cidr[0].kind() === address.kind() && address.match(cidr);
}

function isSingle([address, bits]: Cidr): boolean {
  return bits === bitsOf(address);
}

function bitsOf(address: Address): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}

function rangeOf(address: Address): string {
  const range = address.range();
  if (range === 'unicast' && address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST_V6)) return 'not global';
  return range;
}
