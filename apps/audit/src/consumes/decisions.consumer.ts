import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Projector } from '../projection/projector.js';

/** What dispatchers decided: the activity log. */
@Controller()
export class DecisionsConsumer {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @EventPattern('decisions')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.projector.add('decisions', batch.records);
  }
}
