import { DecisionCode, Verdict } from '@hookstile/contracts';
import { CurrentPrincipal, Operation, type Principal, ProblemError, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { ActivityLogRow } from '../project/rows.js';
import { instant, literals, noParameters, oneOf, text } from '../read/filters.js';
import { answerList, type Page } from '../read/list-page.js';
import { ACTIVITY_LOG_STORE, type ActivityLogStore } from './activity-log.store.js';
import { type ActivityLogItem, activityLogItem } from './activity-log-item.js';

export const ACTIVITY_LOG_FILTERS = {
  ruleId: text,
  decision: oneOf(literals(Verdict)),
  code: oneOf(literals(DecisionCode)),
  username: text,
  since: instant,
  until: instant,
};

const LIST = {
  filters: ACTIVITY_LOG_FILTERS,
  positionOf: (row: ActivityLogRow) => ({ atMs: row.atMs, key: row.id }),
  itemOf: activityLogItem,
};

/** Decisions, with the reason of each denial. */
@Controller('v1/activity-log')
export class ActivityLogController {
  constructor(@Inject(ACTIVITY_LOG_STORE) private readonly store: ActivityLogStore) {}

  @Get()
  @Operation('activity-log.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown): Promise<Page<ActivityLogItem>> {
    return answerList(LIST, this.store, tenantOf(principal), query);
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
