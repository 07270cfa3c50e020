import { DecisionCode, Verdict } from '@hookstile/contracts';
import { CurrentPrincipal, Operation, type Principal, ProblemError, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { ActivityLogRow } from '../project/rows.js';
import { instant, literals, noParameters, oneOf, text } from '../read/filters.js';
import { answerList } from '../read/list-page.js';
import { toIso } from '../read/sql-list.js';
import { ACTIVITY_LOG_STORE, type ActivityLogStore } from './activity-log.store.js';

const FILTERS = {
  ruleId: text,
  decision: oneOf(literals(Verdict)),
  code: oneOf(literals(DecisionCode)),
  username: text,
  since: instant,
  until: instant,
};

/** What was decided and why; of the context only who asked, from where and with which device. */
function activityLogItem({ tenantId: _tenantId, atMs, ...row }: ActivityLogRow) {
  const { id, ...rest } = row;
  return { id, at: toIso(atMs), ...rest };
}

const LIST = {
  filters: FILTERS,
  positionOf: (row: ActivityLogRow) => ({ atMs: row.atMs, key: row.id }),
  itemOf: activityLogItem,
};

/** Decisions, with the reason of each denial. */
@Controller('v1/activity-log')
export class ActivityLogController {
  constructor(@Inject(ACTIVITY_LOG_STORE) private readonly store: ActivityLogStore) {}

  @Get()
  @Operation('activity-log.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown) {
    return answerList(LIST, this.store, tenantOf(principal), query);
  }

  @Get(':id')
  @Operation('activity-log.get')
  async get(@CurrentPrincipal() principal: Principal, @Param('id') id: string, @Query() query: unknown) {
    noParameters(query);
    const row = await this.store.get(tenantOf(principal), id);
    if (!row) throw new ProblemError('not_found', 'there is no such decision');
    return activityLogItem(row);
  }
}
