import { DecisionCode, Verdict } from '@hookstile/contracts';
import { CurrentPrincipal, Operation, type Principal, ProblemError, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { ListStores } from '../export/snapshot.store.js';
import { CurrentExchange, type ListExchange, ListRoutes } from '../lists/list-routes.js';
import type { ActivityLogRow } from '../project/rows.js';
import { instant, literals, noParameters, oneOf, text } from '../read/filters.js';
import { ACTIVITY_LOG_STORE, type ActivityLogStore } from './activity-log.store.js';
import { ActivityLogItem, activityLogItem } from './activity-log-item.js';

export const ACTIVITY_LOG_FILTERS = {
  ruleId: text,
  decision: oneOf(literals(Verdict)),
  code: oneOf(literals(DecisionCode)),
  username: text,
  since: instant,
  until: instant,
};

const LIST = {
  name: 'activity-log',
  storeOf: (stores: ListStores) => stores.activityLog,
  filters: ACTIVITY_LOG_FILTERS,
  positionOf: (row: ActivityLogRow) => ({ atMs: row.atMs, key: row.id }),
  item: ActivityLogItem,
  itemOf: activityLogItem,
};

/** Decisions, with the reason of each denial. */
@Controller('v1/activity-log')
export class ActivityLogController {
  constructor(
    @Inject(ACTIVITY_LOG_STORE) private readonly store: ActivityLogStore,
    @Inject(ListRoutes) private readonly lists: ListRoutes,
  ) {}

  @Get()
  @Operation('activity-log.list')
  list(@CurrentExchange() exchange: ListExchange) {
    return this.lists.answer(LIST, exchange);
  }

  @Get(':id')
  @Operation('activity-log.get')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<ActivityLogItem> {
    noParameters(query);
    const row = await this.store.get(tenantOf(principal), id);
    if (!row) throw new ProblemError('not_found', 'there is no such decision');
    return activityLogItem(row);
  }
}
