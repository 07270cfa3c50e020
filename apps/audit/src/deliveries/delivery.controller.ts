import { CurrentPrincipal, Operation, type Principal, ProblemError, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { ListStores } from '../export/snapshot.store.js';
import { CurrentExchange, type ListExchange, ListRoutes } from '../lists/list-routes.js';
import { DELIVERY_STATUSES } from '../project/rows.js';
import { instant, noParameters, oneOf, text } from '../read/filters.js';
import { DELIVERY_STORE, type DeliveryLine, type DeliveryStore } from './delivery.store.js';
import { DeliveryItem, deliveryItem } from './delivery-item.js';

export const DELIVERY_FILTERS = {
  integrationId: text,
  eventId: text,
  eventType: text,
  status: oneOf(DELIVERY_STATUSES),
  since: instant,
  until: instant,
};

const LIST = {
  name: 'deliveries',
  storeOf: (stores: ListStores) => stores.deliveries,
  filters: DELIVERY_FILTERS,
  positionOf: (line: DeliveryLine) => ({ atMs: line.acceptedAtMs, key: line.deliveryId }),
  item: DeliveryItem,
  itemOf: deliveryItem,
};

/** What is bound for each integration and how it ended. */
@Controller('v1/deliveries')
export class DeliveryController {
  constructor(
    @Inject(DELIVERY_STORE) private readonly store: DeliveryStore,
    @Inject(ListRoutes) private readonly lists: ListRoutes,
  ) {}

  @Get()
  @Operation('deliveries.list')
  list(@CurrentExchange() exchange: ListExchange) {
    return this.lists.answer(LIST, exchange);
  }

  @Get(':id')
  @Operation('deliveries.get')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<DeliveryItem> {
    noParameters(query);
    const line = await this.store.get(tenantOf(principal), id);
    if (!line) throw new ProblemError('not_found', 'there is no such delivery');
    return deliveryItem(line);
  }
}
