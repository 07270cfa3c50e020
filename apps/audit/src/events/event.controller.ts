import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { EVENT_OUTCOMES } from '../project/rows.js';
import { oneOf, text } from '../read/filters.js';
import { answerList, type Page } from '../read/list-page.js';
import { EVENT_STORE, type EventFate, type EventStore, eventListKey } from './event.store.js';
import { type EventItem, eventItem } from './event-item.js';

export const EVENT_FILTERS = { eventId: text, source: text, outcome: oneOf(EVENT_OUTCOMES) };

const LIST = {
  filters: EVENT_FILTERS,
  positionOf: (fate: EventFate) => ({ atMs: fate.acceptedAtMs, key: eventListKey(fate) }),
  itemOf: eventItem,
};

/** What happened to each event. */
@Controller('v1/events')
export class EventController {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @Get()
  @Operation('events.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown): Promise<Page<EventItem>> {
    return answerList(LIST, this.store, tenantOf(principal), query);
  }
}
