import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SealedSecret } from '@hookstile/contracts';
import type { RandomBytes } from '../clock.js';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LAST_CHARACTERS = 4;
/** Shorter secrets would be given away by their last four characters. */
const LAST_FOUR_MIN_LENGTH = 12;
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Why a sealed secret could not be opened, or a ring not be read; never holds a key or a secret. */
export class KeyRingError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: 'key_ring_invalid' | 'key_unknown' | 'secret_unreadable',
    message: string,
  ) {
    super(message);
  }
}

function parseEntry(entry: string): [string, Buffer] {
  const colon = entry.indexOf(':');
  const keyId = entry.slice(0, Math.max(colon, 0)).trim();
  const key = Buffer.from(entry.slice(colon + 1).trim(), 'base64');
  if (!KEY_ID.test(keyId) || key.length !== KEY_BYTES) {
    throw new KeyRingError('key_ring_invalid', `each key must be keyId:base64 of ${KEY_BYTES} bytes`);
  }
  return [keyId, key];
}

/**
 * The keys that secrets are stored under. The first seals; all open. A secret is bound to its owner (additional
 * authenticated data), so that a ciphertext copied to another integration cannot be opened there.
 */
export class KeyRing {
  private constructor(
    private readonly currentId: string,
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

  /** @param owner what the secret belongs to, such as `integration:int_x` */
  seal(plain: string, owner: string, nowMs: number): SealedSecret {
    const nonce = this.random(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keyOf(this.currentId), nonce);
    cipher.setAAD(Buffer.from(owner));
    const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return {
      keyId: this.currentId,
      nonce: Buffer.from(nonce).toString('base64'),
      ciphertext: ciphertext.toString('base64'),
      lastFour: plain.length >= LAST_FOUR_MIN_LENGTH ? plain.slice(-LAST_CHARACTERS) : '',
      updatedAt: new Date(nowMs).toISOString(),
    };
  }

  /** Throws `KeyRingError`: `key_unknown` (its key left the ring) or `secret_unreadable` (altered, or another owner's). */
  open(sealed: SealedSecret, owner: string): string {
    const key = this.keyOf(sealed.keyId);
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    try {
      const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(sealed.nonce, 'base64'), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(owner));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      throw new KeyRingError('secret_unreadable', `the secret of ${owner} cannot be opened`);
    }
  }

  private keyOf(keyId: string): Buffer {
    const key = this.keys.get(keyId);
    if (!key) throw new KeyRingError('key_unknown', `the key ring has no key ${keyId}`);
    return key;
  }
}

export const KEY_RING = Symbol('KeyRing');
