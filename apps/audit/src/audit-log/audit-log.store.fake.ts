import type { AuditLogRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { isBehind, type ListedRows, newestFirst, type PageRequest } from '../read/list-page.js';
import type { AuditLogFilters, AuditLogStore } from './audit-log.store.js';

const positionOf = (row: AuditLogRow) => ({ atMs: row.atMs, key: row.id });

export class FakeAuditLogStore implements AuditLogStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async list(tenantId: string, filters: AuditLogFilters, page: PageRequest): Promise<ListedRows<AuditLogRow>> {
    const rows = [...this.projections.rows.auditLog.values()]
      .filter((row) => row.tenantId === tenantId && matches(row, filters))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1);
    return { rows, stoppedAt: null };
  }
}

function matches(row: AuditLogRow, { since, until, ...equal }: AuditLogFilters): boolean {
  if (Object.entries(equal).some(([name, value]) => row[name as keyof AuditLogRow] !== value)) return false;
  return (since === undefined || row.atMs >= since) && (until === undefined || row.atMs < until);
}
