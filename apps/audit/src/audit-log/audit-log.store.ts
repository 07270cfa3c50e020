import type { AuditLogRow } from '../project/rows.js';
import type { PageRequest } from '../read/list-page.js';

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
  /** Newest first, up to one row more than the limit. */
  list(tenantId: string, filters: AuditLogFilters, page: PageRequest): Promise<AuditLogRow[]>;
}

export const AUDIT_LOG_STORE = Symbol('AuditLogStore');
