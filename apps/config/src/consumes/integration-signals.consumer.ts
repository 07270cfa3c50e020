import type { BatchStop, MergedBatch } from '@hookstile/messaging/nest';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { SIGNALS } from '../tokens.js';
import type { Signals } from './signals.js';

/** What the dispatcher says of integrations: that they fail, should be disabled, or work again. */
@Controller()
export class IntegrationSignalsConsumer {
  constructor(@Inject(SIGNALS) private readonly signals: Signals) {}

  /** Rejects, and so gets the records again, until all of them are dealt with; replays change nothing. */
  @EventPattern('integration-signals')
  consume(@Payload() batch: MergedBatch): Promise<BatchStop> {
    return this.signals.take(batch.records);
  }
}
