import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Projector } from '../projection/projector.js';

/** What the dispatcher told config of integrations. */
@Controller()
export class IntegrationSignalsConsumer {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  @EventPattern('integration-signals')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.projector.add('integration-signals', batch.records);
  }
}
