import type { FakeHandle } from '@hookstile/event-store';
import type { RingKeyUse, TenantKeyRow, TenantKeyStore } from './tenant-key.store.js';

/** Tenants' keys in memory, for a fake event store. */
export class FakeTenantKeyStore implements TenantKeyStore<FakeHandle> {
  private readonly rows = new Map<string, TenantKeyRow>();

  async get(_handle: FakeHandle, tenantId: string): Promise<TenantKeyRow | null> {
    return structuredClone(this.rows.get(tenantId) ?? null);
  }

  lock(handle: FakeHandle, tenantId: string): Promise<TenantKeyRow | null> {
    return this.get(handle, tenantId);
  }

  async add(handle: FakeHandle, row: TenantKeyRow): Promise<boolean> {
    if (this.rows.has(row.tenantId)) return false;
    this.keep(handle, row);
    return true;
  }

  async replace(handle: FakeHandle, rows: readonly TenantKeyRow[]): Promise<void> {
    for (const row of rows) this.keep(handle, row);
  }

  async forget(handle: FakeHandle, row: TenantKeyRow): Promise<void> {
    this.keep(handle, row);
  }

  async lockOthers(_handle: FakeHandle, keyId: string, after: string, limit: number): Promise<TenantKeyRow[]> {
    return this.sorted()
      .filter(({ tenantId, wrapped }) => tenantId > after && wrapped !== null && wrapped.keyId !== keyId)
      .slice(0, limit);
  }

  async uses(): Promise<RingKeyUse[]> {
    const counts = new Map<string, number>();
    for (const { wrapped } of this.rows.values()) {
      if (wrapped) counts.set(wrapped.keyId, (counts.get(wrapped.keyId) ?? 0) + 1);
    }
    return [...counts].sort().map(([keyId, count]) => ({ keyId, count }));
  }

  async versions(after: string, limit: number): Promise<{ id: string; version: number }[]> {
    return this.sorted()
      .filter(({ tenantId }) => tenantId > after)
      .slice(0, limit)
      .map(({ tenantId: id, version }) => ({ id, version }));
  }

  private sorted(): TenantKeyRow[] {
    return structuredClone([...this.rows.values()]).sort((a, b) => (a.tenantId < b.tenantId ? -1 : 1));
  }

  private keep(handle: FakeHandle, row: TenantKeyRow): void {
    const before = this.rows.get(row.tenantId);
    this.rows.set(row.tenantId, structuredClone(row));
    handle.onRollback(() => (before ? this.rows.set(row.tenantId, before) : this.rows.delete(row.tenantId)));
  }
}
