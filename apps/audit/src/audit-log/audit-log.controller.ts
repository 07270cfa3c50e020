import { Allow, CurrentPrincipal, type Principal, parseListQuery, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { AuditLogRow } from '../project/rows.js';
import { instant, text } from '../read/filters.js';
import { pageOf, pageRequestOf } from '../read/list-page.js';
import { toIso } from '../read/sql-list.js';
import { AUDIT_LOG_STORE, type AuditLogStore } from './audit-log.store.js';

const FILTERS = { actorId: text, action: text, subjectType: text, subjectId: text, since: instant, until: instant };

/** This list is ordered by the config service's sequence alone. */
const positionOf = (row: AuditLogRow) => ({ atMs: row.sequence, key: '' });

function auditLogItem(row: AuditLogRow) {
  return {
    id: `aud_${row.sequence}`,
    at: toIso(row.atMs),
    actor: { type: row.actorType, id: row.actorId, name: row.actorName, role: row.actorRole },
    action: row.action,
    subject: { type: row.subjectType, id: row.subjectId, name: row.subjectName },
    before: JSON.parse(row.before) as unknown,
    after: JSON.parse(row.after) as unknown,
    requestId: row.requestId,
  };
}

/** Who changed what. */
@Controller('v1/audit-log')
@Allow('viewer', 'editor', 'admin')
export class AuditLogController {
  constructor(@Inject(AUDIT_LOG_STORE) private readonly store: AuditLogStore) {}

  @Get()
  async list(@CurrentPrincipal() principal: Principal, @Query() query: unknown) {
    const { filters, ...listQuery } = parseListQuery(query, FILTERS);
    const page = pageRequestOf(listQuery);
    return pageOf(await this.store.list(tenantOf(principal), filters, page), page.limit, positionOf, auditLogItem);
  }
}
