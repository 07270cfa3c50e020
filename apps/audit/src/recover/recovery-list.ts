import type { ListedRows, PageRequest } from '../read/list-page.js';
import { newestFirstSql, SqlConditions } from '../read/sql-list.js';
import type { ViewReader } from '../read/view-reader.js';
import type { RecoveryFilters, RecoveryListStore } from './recovery.store.js';
import type { RecoveryRow } from './recovery.types.js';
import { type FoundRecovery, RECOVERY_COLUMNS, recoveryRowOf } from './recovery-columns.js';

/** The list as it is read from Postgres, also in a snapshot. */
export function recoveryListOf(views: ViewReader): RecoveryListStore {
  return { list: (tenantId, filters, page) => listed(views, tenantId, filters, page) };
}

async function listed(
  views: ViewReader,
  tenantId: string,
  filters: RecoveryFilters,
  page: PageRequest,
): Promise<ListedRows<RecoveryRow>> {
  const conditions = new SqlConditions(tenantId)
    .given('integration_id = ?', filters.integrationId)
    .given('status = ?', filters.status)
    .behind('started_at', 'id', page.after);
  const found = await views.query<FoundRecovery>(
    `select ${RECOVERY_COLUMNS} from recoveries where ${conditions.where} ${newestFirstSql('started_at', 'id', page)}`,
    conditions.parameters,
  );
  return { rows: found.map(recoveryRowOf), stoppedAt: null };
}
