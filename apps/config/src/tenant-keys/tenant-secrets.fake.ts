import type { FakeHandle } from '@hookstile/event-store';
import { KeyRing, type TenantSecrets } from '@hookstile/service-runtime';
import { FIXED_NOW, seededRandomBytes } from '@hookstile/testing';
import { FakeTenantKeyStore } from './tenant-key.store.fake.js';
import { TenantKeys } from './tenant-keys.js';

export function fakeRing(keyId = 'k1'): KeyRing {
  return KeyRing.parse(`${keyId}:${Buffer.alloc(32, keyId).toString('base64')}`, seededRandomBytes(keyId));
}

/** Of the tenant `ten_1`; another seed, another key. */
export function fakeTenantSecrets(seed = 'k1'): TenantSecrets {
  const ring = fakeRing(seed);
  return ring.secretsOf('ten_1', ring.newTenantKey('ten_1'));
}

/** Tenants' keys in memory. */
export function fakeTenantKeys(): TenantKeys<FakeHandle> {
  return new TenantKeys(new FakeTenantKeyStore(), fakeRing(), () => Date.parse(FIXED_NOW));
}
