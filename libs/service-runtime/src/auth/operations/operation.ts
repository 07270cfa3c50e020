import type { Role } from '@hookstile/contracts';
import type { ServiceName } from '../../service.js';

/** Who may call an operation. */
export type Access =
  /** The platform key alone, with or without a tenant. */
  | { kind: 'platform' }
  /** A tenant's keys of these roles, and the platform key: for the tenant it names, or without one where none is needed. */
  | { kind: 'roles'; roles: readonly Role[]; needsTenant: boolean };

/** One route of the public surface. */
export interface OperationEntry {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in OpenAPI: a parameter stands in braces. */
  path: `/v1/${string}`;
  service: ServiceName;
  access: Access;
  /** One sentence without a full stop, for the reference pages. */
  summary: string;
}

const forTenant = (...roles: Role[]): Access => ({ kind: 'roles', roles, needsTenant: true });
const forAll = (...roles: Role[]): Access => ({ kind: 'roles', roles, needsTenant: false });

/** Reads what belongs to a tenant. */
export const READERS = forTenant('viewer', 'editor', 'admin');
/** Changes what belongs to a tenant. */
export const EDITORS = forTenant('editor', 'admin');
/** Manages a tenant's keys. */
export const ADMINS = forTenant('admin');
/** Sends events and asks for decisions. */
export const PRODUCERS = forTenant('producer', 'editor', 'admin');
/** Reads what belongs to no tenant. */
export const READERS_OF_ALL = forAll('viewer', 'editor', 'admin');
export const ANY_KEY = forAll('viewer', 'producer', 'editor', 'admin');
export const PLATFORM: Access = { kind: 'platform' };

/** The operations of one service. Their ids are kept as the literal types that `@OperationEntry` accepts. */
export function operationsOf<Id extends string>(
  service: ServiceName,
  table: Record<Id, Omit<OperationEntry, 'service'>>,
): Record<Id, OperationEntry> {
  const entries = Object.entries<Omit<OperationEntry, 'service'>>(table);
  return Object.fromEntries(entries.map(([id, operation]) => [id, { ...operation, service }])) as Record<
    Id,
    OperationEntry
  >;
}
