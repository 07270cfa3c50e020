import type { SealedSecret, TenantKeyConfiguration } from '@hookstile/contracts';
import type { ConfigurationProjection, KeyRing, TenantSecrets } from '@hookstile/service-runtime';
import { reasonOf } from '@hookstile/service-runtime';
import { LRUCache } from 'lru-cache';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

/** Tenants whose keys are kept unwrapped; under 1 KiB each. */
export const TENANT_SECRETS_MAX = 10_000;

/** Opens the secrets that requests need. */
export interface SecretOpener {
  /** Throws `RequestUnbuildableError`. */
  open(sealed: SealedSecret, owner: string, tenantId: string): string;
}

/** Opens each tenant's secrets by the key that `configuration` has for it; keeps it unwrapped until it changes or goes. */
export class TenantSecretOpener implements SecretOpener {
  readonly #unwrapped = new LRUCache<string, TenantSecrets>({ max: TENANT_SECRETS_MAX });
  readonly #ring: KeyRing;
  readonly #keys: Pick<ConfigurationProjection, 'tenantKey'>;

  constructor(ring: KeyRing, keys: Pick<ConfigurationProjection, 'tenantKey' | 'onChange'>) {
    this.#ring = ring;
    this.#keys = keys;
    keys.onChange(({ kind, id }) => {
      if (kind === 'tenant-key') this.#unwrapped.delete(id);
    });
  }

  /** How many tenants' keys are kept unwrapped. */
  get size(): number {
    return this.#unwrapped.size;
  }

  /**
   * Where the tenant has no key, the ring cannot unwrap it, or the secret is not the owner's, it is the operator's to put
   * right, and no fault of the event: such attempts are made again. A deleted tenant's key never comes back.
   */
  open(sealed: SealedSecret, owner: string, tenantId: string): string {
    try {
      if (!sealed.dataKey) return this.#ring.openLegacy(sealed, owner);
      return this.#secretsOf(tenantId).open(sealed, owner);
    } catch (cause) {
      const retryable = this.#keys.tenantKey(tenantId)?.deleted !== true;
      throw new RequestUnbuildableError(`A secret could not be opened: ${reasonOf(cause)}.`, { cause, retryable });
    }
  }

  #secretsOf(tenantId: string): TenantSecrets {
    const known = this.#unwrapped.get(tenantId);
    if (known) return known;
    const { wrapped } = this.#keyOf(tenantId);
    if (!wrapped) throw new Error('the tenant was deleted, and its key with it');
    const secrets = this.#ring.secretsOf(tenantId, wrapped);
    this.#unwrapped.set(tenantId, secrets);
    return secrets;
  }

  #keyOf(tenantId: string): TenantKeyConfiguration {
    const key = this.#keys.tenantKey(tenantId);
    if (!key) throw new Error('no key of the tenant is known');
    return key;
  }
}
