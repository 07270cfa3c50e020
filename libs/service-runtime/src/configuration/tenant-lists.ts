interface OfTenant {
  id: string;
  tenantId: string;
  version: number;
  deleted: boolean;
}

function byId(left: OfTenant, right: OfTenant): number {
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

/** The newest record of each thing of one kind, by id and by tenant. */
export class TenantLists<T extends OfTenant> {
  private readonly records = new Map<string, T>();
  /** Of those not deleted. */
  private readonly idsByTenant = new Map<string, Set<string>>();
  private readonly listsByTenant = new Map<string, readonly T[]>();

  /** Takes a record in unless its version is not above the known one; says whether it did. */
  apply(record: T): boolean {
    const { id, tenantId, version, deleted } = record;
    if (version <= (this.records.get(id)?.version ?? -1)) return false;
    this.records.set(id, record);
    const ids = this.idsByTenant.get(tenantId) ?? new Set();
    this.idsByTenant.set(tenantId, ids);
    if (deleted) ids.delete(id);
    else ids.add(id);
    this.listsByTenant.delete(tenantId);
    return true;
  }

  /** Deleted ones too. */
  get(id: string): T | undefined {
    return this.records.get(id);
  }

  /** Those not deleted, sorted by id; listed when asked for: a start reads thousands of one tenant, one after the other. */
  of(tenantId: string): readonly T[] {
    const ids = this.idsByTenant.get(tenantId);
    if (!ids) return [];
    const known = this.listsByTenant.get(tenantId);
    if (known) return known;
    const list = [...ids].flatMap((id) => this.records.get(id) ?? []).sort(byId);
    this.listsByTenant.set(tenantId, list);
    return list;
  }
}
