import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requestTargetOf } from '../request/request-target.js';
import { addressPolicyOf } from './address-policy.js';

const RUNS = 1_000;

/** IANA's special-purpose registries, without what is global in them, and clouds' addresses that none of them has. */
const SPECIAL_V4 = `
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
  192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
  224.0.0.0/4 240.0.0.0/4 168.63.129.16/32`;

/** All that is not global unicast is blocked; this is what lies within. */
const SPECIAL_V6 = `
  2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20`;

function blockList(text: string, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const cidr of text.trim().split(/\s+/)) {
    const [address = '', bits = ''] = cidr.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const specialV4 = blockList(SPECIAL_V4, 'ipv4');
const specialV6 = blockList(SPECIAL_V6, 'ipv6');
const policy = addressPolicyOf([]);
const isRefused = (address: string) => policy.objectionTo(address) !== null;

const dotted = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
/** Half of them near the first address of a special range, where a bound that is off by one would show. */
const v4 = fc.oneof(
  fc.nat(0xffffffff),
  fc.tuple(fc.constantFrom(...SPECIAL_V4.trim().split(/\s+/)), fc.integer({ min: -2, max: 2 })).map(([cidr, off]) => {
    const [address = '', bits = '0'] = cidr.split('/');
    const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const edge = off < 0 ? first + off : first + 2 ** (32 - Number(bits)) - 1 + off;
    return edge >>> 0;
  }),
);
const group = fc.nat(0xffff);
const v6 = fc
  .tuple(
    fc.oneof(fc.constantFrom(0x2000, 0x2001, 0x2002, 0x2600, 0x3ffe, 0x3fff), group),
    fc.array(group, { minLength: 7, maxLength: 7 }),
  )
  .map(([first, rest]) => [first, ...rest].map((one) => one.toString(16)).join(':'));

it('refuses exactly the IPv4 addresses that a registry calls special', () => {
  fc.assert(
    fc.property(v4, (n) => {
      expect([dotted(n), isRefused(dotted(n))]).toEqual([dotted(n), specialV4.check(dotted(n))]);
    }),
    { numRuns: RUNS },
  );
});

it('lets no IPv6 address through that is not global unicast or that a registry calls special', () => {
  fc.assert(
    fc.property(v6, (address) => {
      if (isRefused(address)) return;
      expect(Number.parseInt(address, 16) >> 13).toBe(1);
      expect(specialV6.check(address, 'ipv6')).toBe(false);
    }),
    { numRuns: RUNS },
  );
});

it('judges an IPv4 address alike in whatever form it is written', () => {
  const forms: ((n: number) => string)[] = [
    (n) => String(n),
    (n) => `0x${n.toString(16)}`,
    (n) => `0${n.toString(8)}`,
    (n) =>
      dotted(n)
        .split('.')
        .map((part) => `0${Number(part).toString(8)}`)
        .join('.'),
    (n) =>
      dotted(n)
        .split('.')
        .map((part) => `0x${Number(part).toString(16)}`)
        .join('.'),
    (n) => `${n >>> 24}.${n & 0xffffff}`,
    (n) => `${n >>> 24}.${(n >>> 16) & 255}.${n & 0xffff}`,
    (n) => `[::ffff:${dotted(n)}]`,
    (n) => `[::ffff:${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}]`,
  ];
  fc.assert(
    fc.property(v4, fc.constantFrom(...forms), (n, form) => {
      const { host } = requestTargetOf(`http://${form(n)}/`);
      expect([host, isRefused(host.replace(/^\[|\]$/g, ''))]).toEqual([host, specialV4.check(dotted(n))]);
    }),
    { numRuns: RUNS },
  );
});

it('refuses every IPv6 address that leads to an IPv4 one that is special, and NAT64 as a whole', () => {
  const hex = (n: number) => `${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}`;
  const wrapped = (n: number) => [`64:ff9b::${hex(n)}`, `2002:${hex(n)}::1`, `2600:1f18::5efe:${hex(n)}`];
  fc.assert(
    fc.property(v4, (n) => {
      const [nat64, sixToFour, isatap] = wrapped(n).map(isRefused);
      expect([nat64, sixToFour, isatap]).toEqual([true, true, specialV4.check(dotted(n))]);
    }),
    { numRuns: RUNS },
  );
});
