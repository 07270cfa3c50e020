import {
  type AttemptView,
  type AttemptWithBodies,
  CurrentPrincipal,
  Operation,
  type Principal,
  ProblemError,
  tenantOf,
} from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { noParameters } from '../read/filters.js';
import { answerList, type Page } from '../read/list-page.js';
import { EVENT_LOG_STORE, type EventLogLine, type EventLogStore } from './event-log.store.js';
import { eventLogDetail, eventLogItem } from './event-log-item.js';
import { EVENT_LOG_FILTERS } from './event-log-query.js';

const LIST = {
  filters: EVENT_LOG_FILTERS,
  positionOf: (line: EventLogLine) => ({ atMs: line.atMs, key: line.attemptId }),
  itemOf: eventLogItem,
};

/** Every attempt with its HTTP status. */
@Controller('v1/event-log')
export class EventLogController {
  constructor(@Inject(EVENT_LOG_STORE) private readonly store: EventLogStore) {}

  @Get()
  @Operation('event-log.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown): Promise<Page<AttemptView>> {
    return answerList(LIST, this.store, tenantOf(principal), query);
  }

  @Get(':id')
  @Operation('event-log.get')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<AttemptWithBodies> {
    noParameters(query);
    const row = await this.store.get(tenantOf(principal), id);
    if (!row) throw new ProblemError('not_found', 'there is no such attempt');
    return eventLogDetail(row);
  }
}
