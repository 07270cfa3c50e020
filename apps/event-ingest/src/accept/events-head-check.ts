import { type HeadCheck, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventsPublisher } from '../publishes/events.publisher.js';
import { EventQuotas } from './event-quotas.js';
import { BATCH_TYPE } from './http-event.js';
import { mediaTypeOf } from './media-type.js';

/** Of a batch, as far as its head tells; of a single event 0. */
function batchBytesOf({ 'content-type': type, 'content-length': length }: FastifyRequest['headers']): number {
  if (mediaTypeOf(type ?? '').essence !== BATCH_TYPE) return 0;
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
}

/**
 * Refuses events that nothing could come of whatever they say: of a tenant that has spent its quota, and while Kafka is
 * away. Reading them is most of what a refused request costs, and all tenants pay for it.
 */
@Injectable()
export class EventsHeadCheck implements HeadCheck {
  constructor(
    @Inject(EventQuotas) private readonly quotas: EventQuotas,
    @Inject(EventsPublisher) private readonly publisher: EventsPublisher,
  ) {}

  checkHead(principal: Principal, request: FastifyRequest, reply: FastifyReply): void {
    this.quotas.refuseSpent(tenantOf(principal), reply, batchBytesOf(request.headers));
    this.publisher.refuseWhileAway();
  }
}
