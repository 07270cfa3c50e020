import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Projector } from '../projection/projector.js';

/** Deliveries as they are routed: pending until the journal says more. */
@Controller()
export class DeliveriesConsumer {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @EventPattern('deliveries')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.projector.add('deliveries', batch.records);
  }
}
