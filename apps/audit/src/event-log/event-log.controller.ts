import {
  AttemptView,
  type AttemptWithBodies,
  CurrentPrincipal,
  Operation,
  type Principal,
  ProblemError,
  tenantOf,
} from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { ListStores } from '../export/snapshot.store.js';
import { CurrentExchange, type ListExchange, ListRoutes } from '../lists/list-routes.js';
import { noParameters } from '../read/filters.js';
import { EVENT_LOG_STORE, type EventLogLine, type EventLogStore } from './event-log.store.js';
import { eventLogDetail, eventLogItem } from './event-log-item.js';
import { EVENT_LOG_FILTERS } from './event-log-query.js';

const LIST = {
  name: 'event-log',
  storeOf: (stores: ListStores) => stores.eventLog,
  filters: EVENT_LOG_FILTERS,
  positionOf: (line: EventLogLine) => ({ atMs: line.atMs, key: line.attemptId }),
  item: AttemptView,
  itemOf: eventLogItem,
};

/** Every attempt with its HTTP status. */
@Controller('v1/event-log')
export class EventLogController {
  constructor(
    @Inject(EVENT_LOG_STORE) private readonly store: EventLogStore,
    @Inject(ListRoutes) private readonly lists: ListRoutes,
  ) {}

  @Get()
  @Operation('event-log.list')
  list(@CurrentExchange() exchange: ListExchange) {
    return this.lists.answer(LIST, exchange);
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
