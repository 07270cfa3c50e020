import type { TenantKeyConfiguration } from '@hookstile/contracts';
import type { KeyRing } from '@hookstile/service-runtime';

/** Throws, and names the keys, where tenants' keys stand under keys that the ring does not have. */
export function checkKeyRing(ring: Pick<KeyRing, 'has'>, tenantKeys: Iterable<TenantKeyConfiguration>): void {
  const missing = new Set<string>();
  let tenants = 0;
  for (const { wrapped } of tenantKeys) {
    if (!wrapped || ring.has(wrapped.keyId)) continue;
    missing.add(wrapped.keyId);
    tenants += 1;
  }
  if (missing.size === 0) return;
  const names = [...missing].sort().map((keyId) => `"${keyId}"`);
  throw new Error(`the key ring lacks ${names.join(', ')}: the secrets of ${tenants} tenants cannot be opened`);
}
