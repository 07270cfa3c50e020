import type { TenantKeyConfiguration } from '@hookstile/contracts';
import type { KeyRing } from '@hookstile/service-runtime';

/**
 * Throws, and names the keys, where tenants' keys stand under keys that the ring does not have. Another key under the right
 * name opens nothing either: of each name one tenant's key is tried, for this is asked often.
 */
export function checkKeyRing(ring: Pick<KeyRing, 'opens'>, tenantKeys: Iterable<TenantKeyConfiguration>): void {
  const opens = new Map<string, boolean>();
  let tenants = 0;
  for (const { tenantId, wrapped } of tenantKeys) {
    if (!wrapped) continue;
    const isOpened = opens.get(wrapped.keyId) ?? ring.opens(tenantId, wrapped);
    opens.set(wrapped.keyId, isOpened);
    if (!isOpened) tenants += 1;
  }
  if (tenants === 0) return;
  const names = [...opens].filter(([, isOpened]) => !isOpened).map(([keyId]) => `"${keyId}"`);
  throw new Error(`the key ring lacks ${names.sort().join(', ')}: the secrets of ${tenants} tenants cannot be opened`);
}
