export const TENANT_BEGINNING_STORE = Symbol('TenantBeginningStore');

/** Where the events of a tenant begin to be taken in a partition of `events`. */
export interface TenantBeginning {
  tenantId: string;
  sourcePartition: number;
  /** Up to this offset its events were rejected, for good, because nobody knew the tenant; `NEVER_REFUSED` where none was. */
  refusedThrough: number;
  /** Whether one of its events was taken since; from then on `refusedThrough` stays as it is. */
  begun: boolean;
}

export const NEVER_REFUSED = -1;

/** Remembers for at least 24 hours which events of a tenant were rejected because it was unknown. */
export interface TenantBeginningStore {
  /**
   * Adds, durably, what a router found to what was found before, and resolves with what then holds of each: of routers
   * that find differently the first is right.
   * @param found no tenant twice in a partition
   */
  settle(found: readonly TenantBeginning[], nowMs: number): Promise<readonly TenantBeginning[]>;
  /** Removes at most `maxRows` that nobody found anything about since `beforeMs`; resolves with how many. */
  removeOlderThan(beforeMs: number, maxRows: number): Promise<number>;
}
