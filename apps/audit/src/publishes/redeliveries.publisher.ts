import {
  type EncodedRecord,
  partitionOf,
  type RecoveryRecord,
  type Redelivery,
  recoveriesV1,
  redeliveriesV1,
} from '@hookstile/contracts';
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
    const { publisher } = this.options;
    if (publisher.healthy === false && publisher.pending > 0) throw unavailable();
    await within(this.publishAll([redelivery]), REDELIVERY_ACK_TIMEOUT_MS, unavailable);
  }

  /** In this order; resolves once all in-sync replicas have them, which may take as long as Kafka is away. */
  publishAll(redeliveries: readonly Redelivery[]): Promise<void> {
    return this.write(redeliveries.map((one) => redeliveriesV1.encode(one.envelope.integrationId, one)));
  }

  /** Resolves once all in-sync replicas have it, which may take as long as Kafka is away. */
  tell(record: RecoveryRecord): Promise<void> {
    return this.write([recoveriesV1.encode(record.integrationId, record)]);
  }

  private async write(records: readonly EncodedRecord[]): Promise<void> {
    const { publisher, topic, partitionCount } = this.options;
    const partition = (key: string) => partitionOf(key, partitionCount);
    await publisher.publish(records.map((record) => ({ ...record, topic, partition: partition(record.key) })));
  }
}
