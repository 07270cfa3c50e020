import { partitionOf, type Redelivery, redeliveriesV1 } from '@hookstile/contracts';
import type { RecordPublisher } from '@hookstile/messaging';
import { ProblemError, within } from '@hookstile/service-runtime';

/** A caller is answered within this; what was not acknowledged by then may still be written, and is redelivered once. */
export const REDELIVERY_ACK_TIMEOUT_MS = 10_000;
const RETRY_AFTER_SECONDS = 1;

export interface RedeliveriesPublisherOptions {
  publisher: RecordPublisher;
  topic: string;
  partitionCount: number;
}

const unavailable = () =>
  new ProblemError('unavailable', 'the redelivery could not be recorded at present', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

/** Writes redeliveries; the key is the integration, as that of the deliveries they become. */
export class RedeliveriesPublisher {
  constructor(private readonly options: RedeliveriesPublisherOptions) {}

  /** Resolves once all in-sync replicas have it; rejects with `unavailable`. */
  async publish(redelivery: Redelivery): Promise<void> {
    const { publisher, topic, partitionCount } = this.options;
    if (publisher.healthy === false && publisher.pending > 0) throw unavailable();
    const { integrationId } = redelivery.envelope;
    const record = redeliveriesV1.encode(integrationId, redelivery);
    const acknowledged = publisher.publish([
      { ...record, topic, partition: partitionOf(integrationId, partitionCount) },
    ]);
    await within(acknowledged, REDELIVERY_ACK_TIMEOUT_MS, unavailable);
  }
}
