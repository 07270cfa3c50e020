import { CurrentPrincipal, Operation, type Principal, ProblemError, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { DELIVERY_STATUSES } from '../project/rows.js';
import { instant, noParameters, oneOf, text } from '../read/filters.js';
import { answerList, type Page } from '../read/list-page.js';
import { DELIVERY_STORE, type DeliveryLine, type DeliveryStore } from './delivery.store.js';
import { type DeliveryItem, deliveryItem } from './delivery-item.js';

export const DELIVERY_FILTERS = {
  integrationId: text,
  eventId: text,
  eventType: text,
  status: oneOf(DELIVERY_STATUSES),
  since: instant,
  until: instant,
};

const LIST = {
  filters: DELIVERY_FILTERS,
  positionOf: (line: DeliveryLine) => ({ atMs: line.acceptedAtMs, key: line.deliveryId }),
  itemOf: deliveryItem,
};

/** What is bound for each integration and how it ended. */
@Controller('v1/deliveries')
export class DeliveryController {
  constructor(@Inject(DELIVERY_STORE) private readonly store: DeliveryStore) {}

  @Get()
  @Operation('deliveries.list')
  list(@CurrentPrincipal() principal: Principal, @Query() query: unknown): Promise<Page<DeliveryItem>> {
    return answerList(LIST, this.store, tenantOf(principal), query);
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
