import { KeyRing } from '@hookstile/service-runtime';
import { aTenantKey } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { checkKeyRing } from './check-key-ring.js';

const ringOf = (keyId: string, byte = 1) => KeyRing.parse(`${keyId}:${Buffer.alloc(32, byte).toString('base64')}`);
const ring = ringOf('k1');
const under = (keyId: string, byte = 1) => aTenantKey('ten_1', ringOf(keyId, byte).newTenantKey('ten_1'));

it('is content with a ring that opens every key that is left', () => {
  expect(() => checkKeyRing(ring, [under('k1'), aTenantKey('ten_2', null)])).not.toThrow();
});

it('names the keys that the ring lacks, and counts the tenants', () => {
  expect(() => checkKeyRing(ring, [under('k1'), under('k3'), under('k2'), under('k3')])).toThrow(
    'the key ring lacks "k2", "k3": the secrets of 3 tenants cannot be opened',
  );
});

it('is not content with another key of the right name', () => {
  expect(() => checkKeyRing(ring, [under('k1', 2), under('k1', 2)])).toThrow(
    'the key ring lacks "k1": the secrets of 2 tenants cannot be opened',
  );
});
