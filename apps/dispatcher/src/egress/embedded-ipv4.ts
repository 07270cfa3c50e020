import ipaddr from 'ipaddr.js';

/** RFC 4380. */
const TEREDO = ipaddr.IPv6.parseCIDR('2001::/32');

/** First bits of IPv6 addresses that routers translate, or unpack, to an IPv4 address; and the byte that it begins at. */
const TRANSLATED: readonly [prefix: [ipaddr.IPv6, number], atByte: number][] = [
  [ipaddr.IPv6.parseCIDR('::ffff:0:0:0/96'), 12], // IPv4-translated (RFC 6145)
  [ipaddr.IPv6.parseCIDR('64:ff9b::/96'), 12], // NAT64 (RFC 6052)
  [ipaddr.IPv6.parseCIDR('2002::/16'), 2], // 6to4 (RFC 3056)
  [TEREDO, 4], // Its server
];

const CLIENT_AT_BYTE = 12;
const ALL_BITS = 0xff;

/** ISATAP (RFC 5214): an interface id, under any prefix. */
const ISATAP_AT_BYTE = 8;
const ISATAP_IDS: readonly (readonly number[])[] = [
  [0x00, 0x00, 0x5e, 0xfe],
  [0x02, 0x00, 0x5e, 0xfe],
];

/**
 * The IPv4 addresses that an IPv6 address may lead to; null for an IPv4 address, and for one that holds none.
 * A network's own NAT64 prefix cannot be known here: HOOKSTILE_EGRESS_DENY is for it.
 */
export function embeddedIpv4(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4[] | null {
  if (!(address instanceof ipaddr.IPv6)) return null;
  const bytes = address.toByteArray();
  const at = (byte: number) => new ipaddr.IPv4(bytes.slice(byte, byte + 4));
  const found = TRANSLATED.filter(([prefix]) => address.match(prefix)).map(([, byte]) => at(byte));
  if (address.match(TEREDO)) {
    found.push(new ipaddr.IPv4(bytes.slice(CLIENT_AT_BYTE, CLIENT_AT_BYTE + 4).map((byte) => byte ^ ALL_BITS)));
  }
  const id = bytes.slice(ISATAP_AT_BYTE, ISATAP_AT_BYTE + 4);
  if (ISATAP_IDS.some((isatap) => isatap.every((byte, index) => byte === id[index]))) found.push(at(CLIENT_AT_BYTE));
  return found.length > 0 ? found : null;
}
