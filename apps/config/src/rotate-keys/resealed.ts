import type { SealedSecret } from '@hookstile/contracts';
import type { TenantSecrets } from '@hookstile/service-runtime';

function isSealed(value: object): value is SealedSecret {
  return 'ciphertext' in value && 'lastFour' in value && 'keyId' in value;
}

/**
 * The settings with each secret of the first builds under the tenant's key; everything else as it is, also when a secret
 * was set. Throws `KeyRingError` where one cannot be opened.
 */
export function resealed<T>(settings: T, secrets: TenantSecrets, owner: string): T {
  if (typeof settings !== 'object' || settings === null) return settings;
  if (Array.isArray(settings)) return settings.map((each) => resealed(each, secrets, owner)) as T;
  if (isSealed(settings)) return settings.dataKey ? settings : (again(settings, secrets, owner) as T);
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, resealed(value, secrets, owner)]),
  ) as T;
}

function again(sealed: SealedSecret, secrets: TenantSecrets, owner: string): SealedSecret {
  const { lastFour, updatedAt } = sealed;
  return { ...secrets.seal(secrets.open(sealed, owner), owner, Date.parse(updatedAt)), lastFour, updatedAt };
}
