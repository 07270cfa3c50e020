import type { IntegrationSettings } from '@hookstile/contracts';
import type { RandomBytes } from '@hookstile/service-runtime';
import type { InputErrors } from '../input/input-errors.js';
import { isMasked } from '../request-input/masked-secret.js';
import type { SecretSealer } from '../request-input/secret-sealer.js';
import type { SignDto } from './request.dto.js';

type Sign = IntegrationSettings['request']['sign'];

const POINTER = '/request/sign/secret';
const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const SECRET_BYTES = 32;
/** Bounds of the Standard Webhooks specification, in bytes behind the prefix. */
const SECRET_MIN_BYTES = 24;
const SECRET_MAX_BYTES = 64;

export interface SignSettings {
  sign: Sign;
  /** The secret's text where it is new, to be shown this once. */
  newSecret: string | null;
}

export function newSigningSecret(randomBytes: RandomBytes): string {
  return PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString('base64');
}

/** Whether the text is `whsec_` and the base64 of 24 to 64 bytes. */
export function isSigningSecret(text: string): boolean {
  const encoded = text.slice(PREFIX.length);
  if (!text.startsWith(PREFIX) || !BASE64.test(encoded)) return false;
  const { length } = Buffer.from(encoded, 'base64');
  return length >= SECRET_MIN_BYTES && length <= SECRET_MAX_BYTES;
}

export function signSettings(
  input: SignDto | undefined,
  current: Sign | null,
  sealer: SecretSealer,
  randomBytes: RandomBytes,
  errors: InputErrors,
): SignSettings {
  const given = input?.secret ?? undefined;
  if (input?.scheme === 'none') return unsigned(given, errors);
  const stored = current?.secret ?? null;
  const kept = given === undefined && stored !== null;
  if (kept || isMasked(given)) {
    const secret = stored ?? sealer.seal(POINTER, given, null);
    return { sign: { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret }, newSecret: null };
  }
  const text = typeof given === 'string' ? given : newSigningSecret(randomBytes);
  if (!isSigningSecret(text)) {
    errors.add(POINTER, 'signing_secret', `a signing secret is "${PREFIX}" and the base64 of 24 to 64 bytes.`);
  }
  const secret = sealer.seal(POINTER, text, stored);
  return { sign: { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret }, newSecret: text };
}

/** A patch that turns signing off leaves the masked secret in the document; only a text would be a contradiction. */
function unsigned(given: unknown, errors: InputErrors): SignSettings {
  if (typeof given === 'string') errors.add(POINTER, 'unknown_member', 'nothing is signed, so no secret can be given.');
  return { sign: { scheme: 'none', algorithm: 'hmac-sha256', secret: null }, newSecret: null };
}
