import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Signing } from '@hookstile/contracts';
import type { RandomBytes } from '@hookstile/service-runtime';

/** What makes and checks the secrets of one algorithm. */
export interface SigningSecrets {
  make(randomBytes: RandomBytes): string;
  /** The form in which the secret is stored, or null where the text is no secret of this algorithm. */
  read(text: string): string | null;
  /** Of a secret that `read` gave, or null where the receiver has the secret itself. */
  publicKeyOf(secret: string): string | null;
  /** What a secret looks like. */
  form: string;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const HMAC_PREFIX = 'whsec_';
const HMAC_BYTES = 32;
/** Bounds of the Standard Webhooks specification, in bytes behind the prefix. */
const HMAC_MIN_BYTES = 24;
const HMAC_MAX_BYTES = 64;

const PRIVATE_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';
const SEED_BYTES = 32;
const PRIVATE_BYTES = 64;
/** RFC 8410: what stands before the seed of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The bytes behind a prefix, or null. */
function bytesBehind(prefix: string, text: string): Buffer | null {
  const encoded = text.slice(prefix.length);
  return text.startsWith(prefix) && BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : null;
}

const HMAC_SHA256: SigningSecrets = {
  make: (randomBytes) => HMAC_PREFIX + Buffer.from(randomBytes(HMAC_BYTES)).toString('base64'),
  read: (text) => {
    const length = bytesBehind(HMAC_PREFIX, text)?.length ?? 0;
    return length >= HMAC_MIN_BYTES && length <= HMAC_MAX_BYTES ? text : null;
  },
  publicKeyOf: () => null,
  form: `"${HMAC_PREFIX}" and the base64 of ${HMAC_MIN_BYTES} to ${HMAC_MAX_BYTES} bytes`,
};

/** `whsk_` of 64 bytes, the seed and the public key, as Standard Webhooks libraries write it; the seed alone is read too. */
const ED25519: SigningSecrets = {
  make: (randomBytes) => privateText(Buffer.from(randomBytes(SEED_BYTES))),
  read: (text) => {
    const bytes = bytesBehind(PRIVATE_PREFIX, text);
    if (bytes?.length !== SEED_BYTES && bytes?.length !== PRIVATE_BYTES) return null;
    const whole = privateText(bytes.subarray(0, SEED_BYTES));
    return bytes.length === SEED_BYTES || whole === text ? whole : null;
  },
  publicKeyOf: (secret) => {
    const bytes = bytesBehind(PRIVATE_PREFIX, secret) ?? Buffer.alloc(0);
    return PUBLIC_PREFIX + bytes.subarray(SEED_BYTES).toString('base64');
  },
  form: `"${PRIVATE_PREFIX}" and the base64 of an Ed25519 seed, alone or followed by its public key`,
};

export const SIGNING_SECRETS: Readonly<Record<Signing['algorithm'], SigningSecrets>> = {
  'hmac-sha256': HMAC_SHA256,
  ed25519: ED25519,
};

function privateText(seed: Buffer): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  return PRIVATE_PREFIX + Buffer.concat([seed, publicKey]).toString('base64');
}
