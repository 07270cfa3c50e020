import type { SealedSecret } from '@hookstile/contracts';
import type { TenantSecrets } from '@hookstile/service-runtime';
import type { InputErrors } from '../input/input-errors.js';
import { isMasked } from './masked-secret.js';

/** Stands where an input error was added; the settings it gets into are never used. */
const NOTHING_SEALED: SealedSecret = { keyId: '', nonce: '', ciphertext: '', lastFour: '', updatedAt: '' };

/** Seals the secrets of one thing, bound to `owner`. One that is given again as it is keeps its ciphertext: nothing has changed. */
export class SecretSealer {
  constructor(
    private readonly secrets: TenantSecrets,
    private readonly owner: string,
    private readonly nowMs: number,
    private readonly errors: InputErrors,
  ) {}

  /** @param given text, or the read-back form for "as it is" */
  seal(pointer: string, given: unknown, current: SealedSecret | null): SealedSecret {
    if (isMasked(given)) return current ?? this.refuse(pointer);
    const plain = String(given);
    if (current && this.textOf(current) === plain) return current;
    return this.secrets.seal(plain, this.owner, this.nowMs);
  }

  /** The text inside, or null where it cannot be opened: its key left the ring, or an input error was added for it. */
  textOf(sealed: SealedSecret): string | null {
    try {
      return this.secrets.open(sealed, this.owner);
    } catch {
      return null;
    }
  }

  private refuse(pointer: string): SealedSecret {
    this.errors.add(pointer, 'not_set', 'no secret is stored here that could stay as it is; give its text.');
    return NOTHING_SEALED;
  }
}
