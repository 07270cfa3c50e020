import { hash } from 'node:crypto';
import type { Role } from '@hookstile/contracts';
import { ProblemError } from '../problems/problem.error.js';

/** Who makes a request. */
export interface Principal {
  type: 'platform' | 'api_key';
  /** Of the platform key: from the header `Hookstile-Tenant`, or null. */
  tenantId: string | null;
  role: Role | 'platform';
  keyId: string | null;
  keyName: string | null;
}

export interface FoundKey {
  tenantId: string;
  role: Role;
  keyId: string;
  name: string;
}

/** Finds a tenant's key by its hash; a deleted key must be unknown within 5 seconds. */
export interface KeyDirectory {
  find(hashHex: string): Promise<FoundKey | null>;
}

export const KEY_DIRECTORY = Symbol('KeyDirectory');

/** SHA-256 of a key. Keys carry 192 random bits, so a plain hash cannot be searched. */
export function keyDigest(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** Keys look like `hk_<48 hex>`; only this SHA-256 (hex) of them is stored. */
export function hashKey(key: string): string {
  return keyDigest(key).toString('hex');
}

/** The tenant that the principal acts for. Throws `tenant_required` for the platform without a tenant. */
export function tenantOf(principal: Principal): string {
  if (principal.tenantId === null) {
    throw new ProblemError('tenant_required', 'the platform key needs the header Hookstile-Tenant on this route');
  }
  return principal.tenantId;
}
