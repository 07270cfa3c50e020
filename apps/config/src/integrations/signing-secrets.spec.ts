import { createPublicKey, sign, verify } from 'node:crypto';
import { seededRandomBytes } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { SIGNING_SECRETS } from './signing-secrets.js';

/** RFC 8032, section 7.1, test 1. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const PUBLIC = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
const whsk = (...parts: Buffer[]) => `whsk_${Buffer.concat(parts).toString('base64')}`;
const whsec = (length: number) => `whsec_${Buffer.alloc(length, 9).toString('base64')}`;

describe('a secret of HMAC-SHA256', () => {
  const { make, read, publicKeyOf } = SIGNING_SECRETS['hmac-sha256'];

  it('is made of 32 random bytes, and has no public key', () => {
    expect(make(seededRandomBytes('a'))).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(publicKeyOf(whsec(32))).toBeNull();
  });

  it('holds 24 to 64 bytes', () => {
    for (const length of [24, 64]) expect(read(whsec(length))).toBe(whsec(length));
    for (const text of [whsec(23), whsec(65), 'whsec_?', whsec(24).slice(6), whsk(SEED)]) expect(read(text)).toBeNull();
  });
});

describe('a secret of ed25519', () => {
  const { make, read, publicKeyOf } = SIGNING_SECRETS.ed25519;

  it('is the seed and the public key that follows from it', () => {
    expect(read(whsk(SEED))).toBe(whsk(SEED, PUBLIC));
    expect(publicKeyOf(whsk(SEED, PUBLIC))).toBe(`whpk_${PUBLIC.toString('base64')}`);
  });

  it('is made of random bytes, and its public key verifies what it signs', () => {
    const secret = make(seededRandomBytes('a'));
    expect(read(secret)).toBe(secret);
    const [seed, x] = [secret, publicKeyOf(secret) ?? ''].map((text) => Buffer.from(text.slice(5), 'base64'));
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: x?.toString('base64url') ?? '' };
    const d = seed?.subarray(0, 32).toString('base64url') ?? '';
    const signature = sign(null, Buffer.from('text'), { key: { ...jwk, d }, format: 'jwk' });
    expect(verify(null, Buffer.from('text'), createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(true);
  });

  it('is taken with its own public key only', () => {
    expect(read(whsk(SEED, PUBLIC))).toBe(whsk(SEED, PUBLIC));
    expect(read(whsk(SEED, SEED))).toBeNull();
  });

  it('holds 32 or 64 bytes', () => {
    for (const text of [whsk(SEED.subarray(1)), whsk(SEED, SEED, SEED), 'whsk_?', whsec(32)]) {
      expect(read(text), text).toBeNull();
    }
  });
});
