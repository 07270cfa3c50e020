import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from '../clock.js';
import { KeyRingError } from './key-ring.error.js';

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A text or a key under another key, both parts in base64; the tag stands at the end of `ciphertext`. */
export interface SealedParts {
  nonce: string;
  ciphertext: string;
}

/** @param owner additional authenticated data: only who names the same owner can open it */
export function sealUnder(key: Buffer, plain: Buffer, owner: string, random: RandomBytes): SealedParts {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  cipher.setAAD(Buffer.from(owner));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { nonce: Buffer.from(nonce).toString('base64'), ciphertext: ciphertext.toString('base64') };
}

/** Throws `KeyRingError` `secret_unreadable`: altered, another owner's, or under another key. */
export function openUnder(key: Buffer, { nonce, ciphertext }: SealedParts, owner: string): Buffer {
  const bytes = Buffer.from(ciphertext, 'base64');
  try {
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(nonce, 'base64'), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new KeyRingError('secret_unreadable', `the secret of ${owner} cannot be opened`);
  }
}
