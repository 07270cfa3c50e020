import { clipped } from '../project/clipped.js';
import type { ActivityLogRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { isBehind, type ListedRows, newestFirst, type PageRequest } from '../read/list-page.js';
import type { ActivityLogFilters, ActivityLogStore } from './activity-log.store.js';

const positionOf = (row: ActivityLogRow) => ({ atMs: row.atMs, key: row.id });

export class FakeActivityLogStore implements ActivityLogStore {
  constructor(private readonly projections: FakeProjectionStore) {}

  async list(tenantId: string, filters: ActivityLogFilters, page: PageRequest): Promise<ListedRows<ActivityLogRow>> {
    const rows = [...this.projections.rows.activityLog.values()]
      .filter((row) => row.tenantId === tenantId && matches(row, filters))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1);
    return { rows, stoppedAt: null };
  }

  async get(tenantId: string, id: string): Promise<ActivityLogRow | null> {
    const row = this.projections.rows.activityLog.get(id);
    return row?.tenantId === tenantId ? row : null;
  }
}

function matches(row: ActivityLogRow, { since, until, username, ...equal }: ActivityLogFilters): boolean {
  if (Object.entries(equal).some(([name, value]) => row[name as keyof ActivityLogRow] !== value)) return false;
  if (username !== undefined && row.username !== clipped(username)) return false;
  return (since === undefined || row.atMs >= since) && (until === undefined || row.atMs < until);
}
