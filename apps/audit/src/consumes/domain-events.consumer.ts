import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Projector } from '../projection/projector.js';

/** Facts of the config service: the audit log. */
@Controller()
export class DomainEventsConsumer {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @EventPattern('domain-events')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.projector.add('domain-events', batch.records);
  }
}
