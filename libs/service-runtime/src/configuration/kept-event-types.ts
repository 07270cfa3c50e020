import type { EventTypeConfiguration } from '@hookstile/contracts';

interface Kept {
  version: number;
  tenantId: string;
  hasSchema: boolean;
  text: string;
}

/**
 * Event types by id, as JSON texts: a tenant may have 500 of 64 KiB, whose schemas and examples would take up to 1.4 MB each
 * as objects, and hardly one is ever asked for.
 */
export class KeptEventTypes {
  private readonly kept = new Map<string, Kept>();
  /** How many of a tenant's types have a schema; those that have none are not in here. */
  private readonly schemasByTenant = new Map<string, number>();

  /** Takes a record in unless its version is not above the known one; says whether it did. */
  apply(eventType: EventTypeConfiguration): boolean {
    const { id, version, tenantId, deleted, schema } = eventType;
    const before = this.kept.get(id);
    if (version <= (before?.version ?? -1)) return false;
    const hasSchema = !deleted && schema !== null;
    this.kept.set(id, { version, tenantId, hasSchema, text: JSON.stringify(eventType) });
    if (before?.hasSchema) this.count(before.tenantId, -1);
    if (hasSchema) this.count(tenantId, 1);
    return true;
  }

  /** Read anew at each call. */
  get(id: string): EventTypeConfiguration | undefined {
    const kept = this.kept.get(id);
    return kept && (JSON.parse(kept.text) as EventTypeConfiguration);
  }

  /** Whether any type of the tenant has a schema. */
  hasSchemas(tenantId: string): boolean {
    return this.schemasByTenant.has(tenantId);
  }

  /** The version of a type that has a schema, else null. */
  schemaVersion(id: string): number | null {
    const kept = this.kept.get(id);
    return kept?.hasSchema ? kept.version : null;
  }

  private count(tenantId: string, by: 1 | -1): void {
    const count = (this.schemasByTenant.get(tenantId) ?? 0) + by;
    if (count > 0) this.schemasByTenant.set(tenantId, count);
    else this.schemasByTenant.delete(tenantId);
  }
}
