import {
  type AuthenticatedRequest,
  bearerKeyOf,
  hashKey,
  type KeyDirectory,
  principalOf,
} from '@hookstile/service-runtime';

/** Whether the key of a request that is still being answered is valid; rejects where that cannot be told. */
export async function stillAllowed(keys: KeyDirectory, request: AuthenticatedRequest): Promise<boolean> {
  // The platform key does not change while a process runs.
  if (principalOf(request).type === 'platform') return true;
  const key = bearerKeyOf(request);
  return key !== null && (await keys.find(hashKey(key))) !== null;
}
