import type { AuditLogRow } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';

export interface AuditLogFilters {
  actorId?: string;
  action?: string;
  subjectType?: string;
  subjectId?: string;
  /** Unix milliseconds, inclusive. */
  since?: number;
  /** Unix milliseconds, exclusive. */
  until?: number;
}

/** Who changed what, by `at` and `id`. */
export interface AuditLogStore {
  list(tenantId: string, filters: AuditLogFilters, page: PageRequest): Promise<ListedRows<AuditLogRow>>;
}
