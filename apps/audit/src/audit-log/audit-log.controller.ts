import { Operation } from '@hookstile/service-runtime';
import { Controller, Get, Inject } from '@nestjs/common';
import type { ListStores } from '../export/snapshot.store.js';
import { CurrentExchange, type ListExchange, ListRoutes } from '../lists/list-routes.js';
import type { AuditLogRow } from '../project/rows.js';
import { instant, text } from '../read/filters.js';
import { AuditLogItem, auditLogItem } from './audit-log-item.js';

export const AUDIT_LOG_FILTERS = {
  actorId: text,
  action: text,
  subjectType: text,
  subjectId: text,
  since: instant,
  until: instant,
};

/** A line has an integration's settings twice, each up to 384 KiB: two pages of an export are 30 MiB at most. */
const EXPORT_PAGE_MAX_ROWS = 20;

const LIST = {
  name: 'audit-log',
  storeOf: (stores: ListStores) => stores.auditLog,
  filters: AUDIT_LOG_FILTERS,
  positionOf: (row: AuditLogRow) => ({ atMs: row.atMs, key: row.id }),
  item: AuditLogItem,
  itemOf: auditLogItem,
  exportPageMaxRows: EXPORT_PAGE_MAX_ROWS,
};

/** Who changed what. */
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(@Inject(ListRoutes) private readonly lists: ListRoutes) {}

  @Get()
  @Operation('audit-log.list')
  list(@CurrentExchange() exchange: ListExchange) {
    return this.lists.answer(LIST, exchange);
  }
}
