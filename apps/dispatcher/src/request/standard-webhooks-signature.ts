import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

const SECRET_PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The HMAC key inside a `whsec_<base64>` secret. */
export function signingKeyOf(secret: string): KeyObject {
  const encoded = secret.slice(SECRET_PREFIX.length);
  if (!secret.startsWith(SECRET_PREFIX) || !BASE64.test(encoded)) {
    throw new RequestUnbuildableError('The signing secret is not of the form whsec_<base64>.');
  }
  return createSecretKey(Buffer.from(encoded, 'base64'));
}

/** The value of `webhook-signature`: Standard Webhooks v1, HMAC-SHA256 over `id.timestamp.body`. */
export function signatureOf(key: KeyObject, id: string, timestampSeconds: string, body: Buffer): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.`).update(body).digest('base64')}`;
}
