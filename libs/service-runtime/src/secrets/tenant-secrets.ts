import type { SealedSecret } from '@hookstile/contracts';
import type { RandomBytes } from '../clock.js';
import { KEY_BYTES, openUnder, sealUnder } from './sealing.js';

const LAST_CHARACTERS = 4;
/** Shorter secrets would be given away by their last four characters. */
const LAST_FOUR_MIN_LENGTH = 12;

function lastFourOf(plain: string): string {
  return plain.length >= LAST_FOUR_MIN_LENGTH ? plain.slice(-LAST_CHARACTERS) : '';
}

/** Opens secrets of the first builds, which stand under the ring itself. */
export type LegacyOpener = (sealed: SealedSecret, owner: string) => string;

/**
 * Seals and opens one tenant's secrets. Each secret has a data key of its own, which stands beside it under the tenant's
 * key: what is sealed under the tenant's key is random, and no nonce of it meets much data.
 */
export class TenantSecrets {
  readonly #tenantId: string;
  readonly #key: Buffer;
  readonly #openLegacy: LegacyOpener;
  readonly #random: RandomBytes;

  constructor(tenantId: string, key: Buffer, openLegacy: LegacyOpener, random: RandomBytes) {
    this.#tenantId = tenantId;
    this.#key = key;
    this.#openLegacy = openLegacy;
    this.#random = random;
  }

  /** @param owner what the secret belongs to, as `secretOwner` says it */
  seal(plain: string, owner: string, nowMs: number): SealedSecret {
    const dataKey = Buffer.from(this.#random(KEY_BYTES));
    return {
      keyId: this.#tenantId,
      dataKey: sealUnder(this.#key, dataKey, owner, this.#random),
      ...sealUnder(dataKey, Buffer.from(plain), owner, this.#random),
      lastFour: lastFourOf(plain),
      updatedAt: new Date(nowMs).toISOString(),
    };
  }

  /** Throws `KeyRingError`: `secret_unreadable` (altered, or another owner's), or `key_unknown` of the first builds' secrets. */
  open(sealed: SealedSecret, owner: string): string {
    if (!sealed.dataKey) return this.#openLegacy(sealed, owner);
    return openUnder(openUnder(this.#key, sealed.dataKey, owner), sealed, owner).toString('utf8');
  }
}
