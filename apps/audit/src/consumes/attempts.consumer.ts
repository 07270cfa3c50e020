import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Projector } from '../projection/projector.js';

/** The journal: the event log, and how deliveries ended. */
@Controller()
export class AttemptsConsumer {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @EventPattern('attempts')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.projector.add('attempts', batch.records);
  }
}
