import {
  Allow,
  CurrentPrincipal,
  type Principal,
  ProblemError,
  parseListQuery,
  tenantOf,
} from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { DELIVERY_STATUSES } from '../project/rows.js';
import { instant, noParameters, oneOf, text } from '../read/filters.js';
import { pageOf, pageRequestOf } from '../read/list-page.js';
import { DELIVERY_STORE, type DeliveryLine, type DeliveryStore } from './delivery.store.js';
import { deliveryItem } from './delivery-item.js';

const FILTERS = {
  integrationId: text,
  eventId: text,
  eventType: text,
  status: oneOf(DELIVERY_STATUSES),
  since: instant,
  until: instant,
};

const positionOf = (line: DeliveryLine) => ({ atMs: line.acceptedAtMs, key: line.deliveryId });

/** What is bound for each integration and how it ended. */
@Controller('v1/deliveries')
@Allow('viewer', 'editor', 'admin')
export class DeliveryController {
  constructor(@Inject(DELIVERY_STORE) private readonly store: DeliveryStore) {}

  @Get()
  async list(@CurrentPrincipal() principal: Principal, @Query() query: unknown) {
    const { filters, ...listQuery } = parseListQuery(query, FILTERS);
    const page = pageRequestOf(listQuery);
    return pageOf(await this.store.list(tenantOf(principal), filters, page), page.limit, positionOf, deliveryItem);
  }

  @Get(':id')
  async get(@CurrentPrincipal() principal: Principal, @Param('id') id: string, @Query() query: unknown) {
    noParameters(query);
    const line = await this.store.get(tenantOf(principal), id);
    if (!line) throw new ProblemError('not_found', 'there is no such delivery');
    return deliveryItem(line);
  }
}
