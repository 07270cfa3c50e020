import type { AuditLogRow } from '../project/rows.js';
import type { ListedRows, ListPosition, PageRequest } from '../read/list-page.js';
import { Narrowings } from '../read/list-paths.js';
import { ListReader, type LookBounds } from '../read/list-reader.js';
import type { ListTable } from '../read/list-statement.js';
import { toMs } from '../read/times.js';
import type { ViewReader } from '../read/view-reader.js';
import type { AuditLogFilters, AuditLogStore } from './audit-log.store.js';

const TABLE: ListTable = {
  name: 'audit_log',
  columns: `id, tenant_id, at, action, actor_type, actor_id, actor_name, actor_role, subject_type, subject_id, subject_name,
    before, after, request_id`,
  time: 'at',
  key: 'id',
};

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

const positionOf = (found: Found): ListPosition => ({ atMs: toMs(found.at), key: found.id });

export class TypeormAuditLogStore implements AuditLogStore {
  readonly #lists: ListReader;

  constructor(views: ViewReader, bounds?: LookBounds) {
    this.#lists = new ListReader(views, bounds);
  }

  async list(tenantId: string, filters: AuditLogFilters, page: PageRequest): Promise<ListedRows<AuditLogRow>> {
    const narrowing = new Narrowings()
      .byIndex('actor_id collate "C" = ?', filters.actorId)
      .byIndex('action collate "C" = ?', filters.action)
      .byIndex('subject_type collate "C" = ?', filters.subjectType)
      .byIndex('subject_id collate "C" = ?', filters.subjectId);
    const question = { tenantId, span: filters, page, narrowingIn: () => narrowing };
    const { rows, stoppedAt } = await this.#lists.read<Found>(TABLE, question, positionOf);
    return { rows: rows.map(rowOf), stoppedAt };
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
