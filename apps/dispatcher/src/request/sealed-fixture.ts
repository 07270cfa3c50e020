import type { SealedSecret } from '@hookstile/contracts';
import { RequestUnbuildableError } from './request-unbuildable.error.js';
import type { SecretOpener } from './tenant-secret-opener.js';

/** A sealed secret that `fakeOpener` opens for the integration it belongs to. */
export function sealed(plain: string, owner = 'integration:int_1'): SealedSecret {
  return { keyId: 'k1', nonce: '', ciphertext: `${owner}|${plain}`, lastFour: plain.slice(-4), updatedAt: '' };
}

/** Refuses another owner's secret, as AES-GCM does by its additional data; counts what it opened. */
export function fakeOpener(): SecretOpener & { opened: number } {
  return {
    opened: 0,
    open({ ciphertext }, owner) {
      const begin = ciphertext.indexOf('|');
      if (ciphertext.slice(0, begin) !== owner)
        throw new RequestUnbuildableError('A secret could not be opened: wrong owner.');
      this.opened += 1;
      return ciphertext.slice(begin + 1);
    },
  };
}
