import type { AuditLogRow } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';
import { newestFirstSql, SqlConditions, toMs } from '../read/sql-list.js';
import type { ViewReader } from '../read/view-reader.js';
import type { AuditLogFilters, AuditLogStore } from './audit-log.store.js';

interface Found {
  id: string;
  tenant_id: string;
  at: Date;
  action: string;
  actor_type: AuditLogRow['actorType'];
  actor_id: string | null;
  actor_name: string | null;
  actor_role: string | null;
  subject_type: string;
  subject_id: string;
  subject_name: string | null;
  before: string;
  after: string;
  request_id: string | null;
}

export class TypeormAuditLogStore implements AuditLogStore {
  constructor(private readonly views: ViewReader) {}

  async list(tenantId: string, filters: AuditLogFilters, page: PageRequest): Promise<ListedRows<AuditLogRow>> {
    const conditions = new SqlConditions(tenantId)
      .given('actor_id = ?', filters.actorId)
      .given('action = ?', filters.action)
      .given('subject_type = ?', filters.subjectType)
      .given('subject_id = ?', filters.subjectId)
      .given('at >= ?', filters.since === undefined ? undefined : new Date(filters.since))
      .given('at < ?', filters.until === undefined ? undefined : new Date(filters.until))
      .behind('at', 'id', page.after);
    const found = await this.views.query<Found>(
      `select * from audit_log where ${conditions.where} ${newestFirstSql('at', 'id', page)}`,
      conditions.parameters,
    );
    return { rows: found.map(rowOf), stoppedAt: null };
  }
}

function rowOf(found: Found): AuditLogRow {
  return {
    id: found.id,
    tenantId: found.tenant_id,
    atMs: toMs(found.at),
    action: found.action,
    actorType: found.actor_type,
    actorId: found.actor_id,
    actorName: found.actor_name,
    actorRole: found.actor_role,
    subjectType: found.subject_type,
    subjectId: found.subject_id,
    subjectName: found.subject_name,
    before: found.before,
    after: found.after,
    requestId: found.request_id,
  };
}
