import type { DataSource } from 'typeorm';
import type { TenantBeginning, TenantBeginningStore } from './tenant-beginning.store.js';

const MS_PER_MINUTE = 60_000;

/** Sorted, so that two routers lock the rows in the same order; the row's lock decides whose finding is the first. */
const SETTLE = `
  INSERT INTO tenant_beginnings AS known (tenant_id, source_partition, refused_through, begun, seen_minute)
  SELECT *, $5::integer FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::boolean[])
    AS given (tenant_id, source_partition, refused_through, begun) ORDER BY tenant_id, source_partition
  ON CONFLICT (tenant_id, source_partition) DO UPDATE SET
    refused_through = CASE WHEN known.begun THEN known.refused_through
                           ELSE greatest(known.refused_through, excluded.refused_through) END,
    begun = known.begun OR excluded.begun,
    seen_minute = excluded.seen_minute
  RETURNING tenant_id, source_partition, refused_through::float8 AS refused_through, begun`;

/** The age is asked for again of the row that is deleted: it may have been renewed since it was found. */
const REMOVE = `
  DELETE FROM tenant_beginnings WHERE seen_minute + 0 < $1 AND ctid = ANY(ARRAY(
    SELECT ctid FROM tenant_beginnings WHERE seen_minute < $1 LIMIT $2)) RETURNING 1`;

interface Row {
  tenant_id: string;
  source_partition: number;
  refused_through: number;
  begun: boolean;
}

export class TypeormTenantBeginningStore implements TenantBeginningStore {
  constructor(private readonly dataSource: DataSource) {}

  async settle(found: readonly TenantBeginning[], nowMs: number): Promise<readonly TenantBeginning[]> {
    if (found.length === 0) return [];
    const rows: Row[] = await this.dataSource.query(SETTLE, [
      found.map(({ tenantId }) => tenantId),
      found.map(({ sourcePartition }) => sourcePartition),
      found.map(({ refusedThrough }) => refusedThrough),
      found.map(({ begun }) => begun),
      Math.floor(nowMs / MS_PER_MINUTE),
    ]);
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      sourcePartition: row.source_partition,
      refusedThrough: row.refused_through,
      begun: row.begun,
    }));
  }

  async removeOlderThan(beforeMs: number, maxRows: number): Promise<number> {
    const [removed] = await this.dataSource.query(REMOVE, [Math.floor(beforeMs / MS_PER_MINUTE), maxRows]);
    return removed.length;
  }
}
