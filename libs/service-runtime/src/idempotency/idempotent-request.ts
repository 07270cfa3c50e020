import { type AuthenticatedRequest, principalOf } from '../auth/access.js';
import { bodyDigestOf, IDEMPOTENCY_KEY_HEADER } from '../http/body-digest.js';
import { type KeyScope, type RequestForm, readIdempotencyKey } from './idempotency-key.js';

export interface IdempotentRequest extends RequestForm {
  scope: KeyScope;
  key: string;
}

/** What a request says of itself that has an Idempotency-Key; null without one. Throws `malformed` for what is no key. */
export function idempotentRequestOf(request: AuthenticatedRequest, tenantId: string | null): IdempotentRequest | null {
  const header = request.headers[IDEMPOTENCY_KEY_HEADER];
  if (header === undefined) return null;
  const scope = { tenantId, actorId: principalOf(request).keyId };
  const { method, url } = request;
  return { scope, key: readIdempotencyKey(header), method, url, bodyDigest: bodyDigestOf(request) };
}
