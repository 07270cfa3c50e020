import { createCipheriv, randomBytes } from 'node:crypto';
import type { SealedSecret } from '@hookstile/contracts';

const NONCE_BYTES = 12;

/** A secret as the first builds sealed it: under a key of the ring itself. @param key `keyId:base64` */
export function firstBuildsSecret(key: string, plain: string, owner: string): SealedSecret {
  const [keyId = '', base64 = ''] = key.split(':');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(base64, 'base64'), nonce);
  cipher.setAAD(Buffer.from(owner));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return {
    keyId,
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    lastFour: '',
    updatedAt: '2026-01-02T03:04:05.678Z',
  };
}
