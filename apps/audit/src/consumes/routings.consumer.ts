import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Projector } from '../projection/projector.js';

/** What the router found in each source record: the view of events. */
@Controller()
export class RoutingsConsumer {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @EventPattern('routings')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.projector.add('routings', batch.records);
  }
}
