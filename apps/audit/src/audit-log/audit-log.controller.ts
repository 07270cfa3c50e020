import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { AuditLogRow } from '../project/rows.js';
import { instant, text } from '../read/filters.js';
import { answerList, type Page } from '../read/list-page.js';
import { AUDIT_LOG_STORE, type AuditLogStore } from './audit-log.store.js';
import { type AuditLogItem, auditLogItem } from './audit-log-item.js';

export const AUDIT_LOG_FILTERS = {
  actorId: text,
  action: text,
  subjectType: text,
  subjectId: text,
  since: instant,
  until: instant,
};

const LIST = {
  filters: AUDIT_LOG_FILTERS,
  positionOf: (row: AuditLogRow) => ({ atMs: row.atMs, key: row.id }),
  itemOf: auditLogItem,
};

/** Who changed what. */
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(@Inject(AUDIT_LOG_STORE) private readonly store: AuditLogStore) {}

  @Get()
  @Operation('audit-log.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown): Promise<Page<AuditLogItem>> {
    return answerList(LIST, this.store, tenantOf(principal), query);
  }
}
