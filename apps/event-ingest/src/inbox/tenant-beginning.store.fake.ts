import type { TenantBeginning, TenantBeginningStore } from './tenant-beginning.store.js';

/** The beginnings in memory, for tests. */
export class FakeTenantBeginningStore implements TenantBeginningStore {
  private readonly rows = new Map<string, { row: TenantBeginning; atMs: number }>();

  async settle(found: readonly TenantBeginning[], nowMs: number): Promise<readonly TenantBeginning[]> {
    return found.map((one) => {
      const place = `${one.sourcePartition} ${one.tenantId}`;
      const row = merged(this.rows.get(place)?.row ?? one, one);
      this.rows.set(place, { row, atMs: nowMs });
      return row;
    });
  }

  async removeOlderThan(beforeMs: number, maxRows: number): Promise<number> {
    const old = [...this.rows].filter(([, { atMs }]) => atMs < beforeMs).slice(0, maxRows);
    for (const [place] of old) this.rows.delete(place);
    return old.length;
  }
}

function merged(known: TenantBeginning, found: TenantBeginning): TenantBeginning {
  if (known.begun) return known;
  return { ...found, refusedThrough: Math.max(known.refusedThrough, found.refusedThrough) };
}
