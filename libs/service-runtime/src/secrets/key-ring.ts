import { randomBytes } from 'node:crypto';
import type { SealedSecret, WrappedKey } from '@hookstile/contracts';
import type { RandomBytes } from '../clock.js';
import { KeyRingError } from './key-ring.error.js';
import { KEY_BYTES, openUnder, sealUnder } from './sealing.js';
import { TenantSecrets } from './tenant-secrets.js';

const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

function parseEntry(entry: string): [string, Buffer] {
  const colon = entry.indexOf(':');
  const keyId = entry.slice(0, Math.max(colon, 0)).trim();
  const key = Buffer.from(entry.slice(colon + 1).trim(), 'base64');
  if (!KEY_ID.test(keyId) || key.length !== KEY_BYTES) {
    throw new KeyRingError('key_ring_invalid', `each key must be keyId:base64 of ${KEY_BYTES} bytes`);
  }
  return [keyId, key];
}

/** What a tenant's key is bound to: copied to another tenant it cannot be unwrapped. */
function keyOwner(tenantId: string): string {
  return `tenant:${tenantId}`;
}

/** The keys that tenants' keys are wrapped under. The first wraps; all unwrap. */
export class KeyRing {
  private constructor(
    /** The key that wraps. */
    readonly currentId: string,
    private readonly keys: ReadonlyMap<string, Buffer>,
    private readonly random: RandomBytes,
  ) {}

  /** @param text `keyId:base64-32-bytes[,older…]`, the current key first */
  static parse(text: string, random: RandomBytes = randomBytes): KeyRing {
    const entries = text
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .map(parseEntry);
    const keys = new Map(entries);
    const current = entries[0];
    if (!current) throw new KeyRingError('key_ring_invalid', 'at least one key is needed');
    if (keys.size !== entries.length) throw new KeyRingError('key_ring_invalid', 'each key needs an id of its own');
    return new KeyRing(current[0], keys, random);
  }

  /** Whether the tenant's key can be unwrapped: also a ring that has a key of the right name may hold another one under it. */
  opens(tenantId: string, wrapped: WrappedKey): boolean {
    try {
      this.unwrap(wrapped, tenantId);
      return true;
    } catch (error) {
      if (error instanceof KeyRingError) return false;
      throw error;
    }
  }

  /** A new key for a tenant. */
  newTenantKey(tenantId: string): WrappedKey {
    return this.wrap(Buffer.from(this.random(KEY_BYTES)), tenantId);
  }

  /** The same key under the ring's current one. Throws as `secretsOf` does. */
  rewrapped(wrapped: WrappedKey, tenantId: string): WrappedKey {
    return this.wrap(this.unwrap(wrapped, tenantId), tenantId);
  }

  /** Throws `KeyRingError`: `key_unknown` (the key it is wrapped under left the ring) or `secret_unreadable` (another tenant's). */
  secretsOf(tenantId: string, wrapped: WrappedKey): TenantSecrets {
    const key = this.unwrap(wrapped, tenantId);
    return new TenantSecrets(tenantId, key, (sealed, owner) => this.openLegacy(sealed, owner), this.random);
  }

  /** A secret of the first builds, which has no data key. Throws `KeyRingError`. */
  openLegacy(sealed: SealedSecret, owner: string): string {
    return openUnder(this.keyOf(sealed.keyId), sealed, owner).toString('utf8');
  }

  private wrap(key: Buffer, tenantId: string): WrappedKey {
    const parts = sealUnder(this.keyOf(this.currentId), key, keyOwner(tenantId), this.random);
    return { keyId: this.currentId, ...parts };
  }

  private unwrap(wrapped: WrappedKey, tenantId: string): Buffer {
    return openUnder(this.keyOf(wrapped.keyId), wrapped, keyOwner(tenantId));
  }

  private keyOf(keyId: string): Buffer {
    const key = this.keys.get(keyId);
    if (!key) throw new KeyRingError('key_unknown', `the key ring has no key ${keyId}`);
    return key;
  }
}

export const KEY_RING = Symbol('KeyRing');
