import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { EVENT_OUTCOMES } from '../project/rows.js';
import { oneOf, text } from '../read/filters.js';
import { answerList } from '../read/list-page.js';
import { toIso } from '../read/sql-list.js';
import { EVENT_STORE, type EventFate, type EventStore, eventListKey } from './event.store.js';

const FILTERS = { eventId: text, source: text, outcome: oneOf(EVENT_OUTCOMES) };

function eventItem(fate: EventFate) {
  return {
    id: fate.eventId === '' ? null : fate.eventId,
    source: fate.source,
    type: fate.type,
    subject: fate.subject,
    time: fate.time,
    acceptedAt: toIso(fate.acceptedAtMs),
    via: fate.via,
    outcome: fate.outcome,
    reason: fate.reason,
    detail: fate.detail,
    traceId: fate.traceId,
    deliveries: fate.deliveries.map(({ deliveryId: id, integrationId, status }) => ({ id, integrationId, status })),
  };
}

const LIST = {
  filters: FILTERS,
  positionOf: (fate: EventFate) => ({ atMs: fate.acceptedAtMs, key: eventListKey(fate) }),
  itemOf: eventItem,
};

/** What happened to each event. */
@Controller('v1/events')
export class EventController {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @Get()
  @Operation('events.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown) {
    return answerList(LIST, this.store, tenantOf(principal), query);
  }
}
