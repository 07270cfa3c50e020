import type { WrappedKey } from '@hookstile/contracts';

/** The key of a tenant's secrets. Its version rises with each change; once the tenant is deleted `wrapped` is null. */
export interface TenantKeyRow {
  tenantId: string;
  version: number;
  wrapped: WrappedKey | null;
  /** RFC 3339 with milliseconds: of the last change. */
  at: string;
}

/** How many tenants' keys stand under a key of the ring. */
export interface RingKeyUse {
  keyId: string;
  count: number;
}

/** The keys of tenants' secrets, which are no aggregates: what they were is worth forgetting. */
export interface TenantKeyStore<Handle> {
  get(handle: Handle, tenantId: string): Promise<TenantKeyRow | null>;
  /** The row as nobody else can change it before the transaction ends. */
  lock(handle: Handle, tenantId: string): Promise<TenantKeyRow | null>;
  /** Adds a tenant's first row; waits for another transaction that does, and answers false where there is one. */
  add(handle: Handle, row: TenantKeyRow): Promise<boolean>;
  /** Keeps rows that `lock` or `lockOthers` answered as they are given. */
  replace(handle: Handle, rows: readonly TenantKeyRow[]): Promise<void>;
  /** As `replace`, and forgets copies that wait to be published, or were. */
  forget(handle: Handle, row: TenantKeyRow): Promise<void>;
  /** Rows under another key of the ring than this one, by tenant behind `after`, locked as `lock` does. */
  lockOthers(handle: Handle, keyId: string, after: string, limit: number): Promise<TenantKeyRow[]>;
  /** By key of the ring; deleted ones need none. */
  uses(): Promise<RingKeyUse[]>;
  /** Every row's version, deleted ones too, by tenant; `after` is the last one of the page before. */
  versions(after: string, limit: number): Promise<{ id: string; version: number }[]>;
}
