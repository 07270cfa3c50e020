import type { AuditLogRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import type { PageRequest } from '../read/list-page.js';
import type { AuditLogFilters, AuditLogStore } from './audit-log.store.js';

export class FakeAuditLogStore implements AuditLogStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async list(tenantId: string, filters: AuditLogFilters, page: PageRequest): Promise<AuditLogRow[]> {
    const below = page.after?.atMs ?? Number.POSITIVE_INFINITY;
    return [...this.projections.rows.auditLog.values()]
      .filter((row) => row.tenantId === tenantId && row.sequence < below && matches(row, filters))
      .sort((a, b) => b.sequence - a.sequence)
      .slice(0, page.limit + 1);
  }
}

function matches(row: AuditLogRow, { since, until, ...equal }: AuditLogFilters): boolean {
  if (Object.entries(equal).some(([name, value]) => row[name as keyof AuditLogRow] !== value)) return false;
  return (since === undefined || row.atMs >= since) && (until === undefined || row.atMs < until);
}
