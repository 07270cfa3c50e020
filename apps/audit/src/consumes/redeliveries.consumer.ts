import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Projector } from '../projection/projector.js';

/** Who asked for which deliveries once more: lines of the audit log. */
@Controller()
export class RedeliveriesConsumer {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @EventPattern('redeliveries')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.projector.add('redeliveries', batch.records);
  }
}
