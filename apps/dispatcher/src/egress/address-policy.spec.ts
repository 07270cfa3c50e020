import { describe, expect, test } from 'vitest';
import { addressPolicyOf } from './address-policy.js';

const BLOCKED = [
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  'fc00::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
];

test.each(BLOCKED)('blocks %s', (address) => {
  expect(addressPolicyOf([]).objectionTo(address)).not.toBeNull();
});

test.each(['8.8.8.8', '::ffff:8.8.8.8', '2606:4700::1111'])('lets %s through', (address) => {
  expect(addressPolicyOf([]).objectionTo(address)).toBeNull();
});

describe('HOOKSTILE_EGRESS_ALLOW', () => {
  test('allows its CIDRs and addresses, in the IPv4-mapped form too', () => {
    const policy = addressPolicyOf(['127.0.0.0/8', ' 10.1.2.3 ', '::1/128']);
    for (const address of ['127.9.9.9', '::ffff:127.0.0.1', '10.1.2.3', '::1'])
      expect(policy.objectionTo(address)).toBeNull();
    expect(policy.objectionTo('10.1.2.4')).not.toBeNull();
    expect(policy.objectionTo('fc00::1')).not.toBeNull();
  });

  test('allows nothing but public addresses when set but empty', () => {
    expect(addressPolicyOf(['']).objectionTo('127.0.0.1')).not.toBeNull();
    expect(addressPolicyOf([' ']).objectionTo('127.0.0.1')).not.toBeNull();
  });

  test('is refused with the part that cannot be read', () => {
    expect(() => addressPolicyOf(['127.0.0.0/8', 'localhost'])).toThrow('"localhost" is not an address or a CIDR');
    expect(() => addressPolicyOf(['10.0.0.0/99'])).toThrow('10.0.0.0/99');
  });
});
