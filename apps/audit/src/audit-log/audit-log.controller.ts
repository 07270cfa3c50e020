import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { AuditLogRow } from '../project/rows.js';
import { instant, text } from '../read/filters.js';
import { answerList } from '../read/list-page.js';
import { toIso } from '../read/sql-list.js';
import { AUDIT_LOG_STORE, type AuditLogStore } from './audit-log.store.js';

const FILTERS = { actorId: text, action: text, subjectType: text, subjectId: text, since: instant, until: instant };

function auditLogItem(row: AuditLogRow) {
  return {
    id: row.id,
    at: toIso(row.atMs),
    actor: { type: row.actorType, id: row.actorId, name: row.actorName, role: row.actorRole },
    action: row.action,
    subject: { type: row.subjectType, id: row.subjectId, name: row.subjectName },
    before: JSON.parse(row.before) as unknown,
    after: JSON.parse(row.after) as unknown,
    requestId: row.requestId,
  };
}

const LIST = {
  filters: FILTERS,
  positionOf: (row: AuditLogRow) => ({ atMs: row.atMs, key: row.id }),
  itemOf: auditLogItem,
};

/** Who changed what. */
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(@Inject(AUDIT_LOG_STORE) private readonly store: AuditLogStore) {}

  @Get()
  @Operation('audit-log.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown) {
    return answerList(LIST, this.store, tenantOf(principal), query);
  }
}
