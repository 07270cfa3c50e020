import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Signing } from '@hookstile/contracts';
import { HmacSha256 } from './hmac-sha256.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** RFC 8410: what stands before the 32 bytes of a private ed25519 key in PKCS #8, and before those of a public one. */
const PRIVATE_KEY_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_KEY_HEAD_BYTES = 12;
const SEED_BYTES = 32;
/** Many libraries write a private key as its seed and the public key behind it. */
const SEED_AND_PUBLIC_KEY_BYTES = 64;

/** HMAC-SHA256, or a private key of ed25519. */
export type SigningKey = HmacSha256 | KeyObject;

/** The key inside a signing secret: `whsec_<base64>` of HMAC-SHA256, `whsk_<base64>` of ed25519. */
export function signingKeyOf(algorithm: Signing['algorithm'], secret: string): SigningKey {
  return algorithm === 'ed25519' ? ed25519KeyOf(bytesOf('whsk_', secret)) : new HmacSha256(bytesOf('whsec_', secret));
}

/**
 * The value of `webhook-signature`: Standard Webhooks over `id.timestamp.body`, `v1` by HMAC-SHA256 or `v1a` by ed25519,
 * as the key is.
 */
export function signatureOf(key: SigningKey, id: string, timestampSeconds: string, body: Buffer): string {
  const head = `${id}.${timestampSeconds}.`;
  if (key instanceof HmacSha256) return `v1,${key.base64Of(head, body)}`;
  return `v1a,${sign(null, Buffer.concat([Buffer.from(head), body]), key).toString('base64')}`;
}

function bytesOf(prefix: string, secret: string): Buffer {
  const encoded = secret.slice(prefix.length);
  if (!secret.startsWith(prefix) || !BASE64.test(encoded)) {
    throw new RequestUnbuildableError(`The signing secret is not of the form ${prefix}<base64>.`);
  }
  return Buffer.from(encoded, 'base64');
}

function ed25519KeyOf(bytes: Buffer): KeyObject {
  if (bytes.length !== SEED_BYTES && bytes.length !== SEED_AND_PUBLIC_KEY_BYTES) {
    throw new RequestUnbuildableError('The signing secret does not hold the 32 or 64 bytes of an ed25519 key.');
  }
  const der = Buffer.concat([PRIVATE_KEY_HEAD, bytes.subarray(0, SEED_BYTES)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_KEY_HEAD_BYTES);
  if (bytes.length === SEED_AND_PUBLIC_KEY_BYTES && !publicKey.equals(bytes.subarray(SEED_BYTES))) {
    throw new RequestUnbuildableError('The two halves of the signing secret are not one ed25519 key pair.');
  }
  return key;
}
