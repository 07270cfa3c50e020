import { type HeadCheck, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { EventsPublisher } from '../publishes/events.publisher.js';
import { EventQuotas } from './event-quotas.js';

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

  checkHead(principal: Principal, reply: FastifyReply): void {
    this.quotas.refuseSpent(tenantOf(principal), reply);
    this.publisher.refuseWhileAway();
  }
}
