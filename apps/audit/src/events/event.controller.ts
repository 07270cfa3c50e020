import { Operation } from '@hookstile/service-runtime';
import { Controller, Get, Inject } from '@nestjs/common';
import type { ListStores } from '../export/snapshot.store.js';
import { CurrentExchange, type ListExchange, ListRoutes } from '../lists/list-routes.js';
import { EVENT_OUTCOMES } from '../project/rows.js';
import { oneOf, text } from '../read/filters.js';
import { type EventFate, eventListKey } from './event.store.js';
import { EventItem, eventItem } from './event-item.js';

export const EVENT_FILTERS = { eventId: text, source: text, outcome: oneOf(EVENT_OUTCOMES) };

const LIST = {
  name: 'events',
  storeOf: (stores: ListStores) => stores.events,
  filters: EVENT_FILTERS,
  positionOf: (fate: EventFate) => ({ atMs: fate.acceptedAtMs, key: eventListKey(fate) }),
  item: EventItem,
  itemOf: eventItem,
};

/** What happened to each event. */
@Controller('v1/events')
export class EventController {
  constructor(@Inject(ListRoutes) private readonly lists: ListRoutes) {}

  @Get()
  @Operation('events.list')
  list(@CurrentExchange() exchange: ListExchange) {
    return this.lists.answer(LIST, exchange);
  }
}
