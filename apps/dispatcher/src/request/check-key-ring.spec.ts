import { aTenantKey } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { checkKeyRing } from './check-key-ring.js';

const ring = { has: (keyId: string) => keyId === 'k1' };
const under = (keyId: string) => aTenantKey('ten_1', { keyId, nonce: '', ciphertext: '' });

it('is content with a ring that opens every key that is left', () => {
  expect(() => checkKeyRing(ring, [under('k1'), aTenantKey('ten_2', null)])).not.toThrow();
});

it('names the keys that the ring lacks, and counts the tenants', () => {
  expect(() => checkKeyRing(ring, [under('k1'), under('k3'), under('k2'), under('k3')])).toThrow(
    'the key ring lacks "k2", "k3": the secrets of 3 tenants cannot be opened',
  );
});
