import { type IntegrationSignal, integrationSignalsV1, partitionOf } from '@hookstile/contracts';
import type { RecordPublisher } from '@hookstile/messaging';

/** Tells config and audit what the dispatcher did about an integration. Reads no answer: config decides. */
export class IntegrationSignalsPublisher {
  constructor(
    private readonly publisher: RecordPublisher,
    private readonly topic: string,
    private readonly partitionCount: number,
  ) {}

  /** Resolves once all have been written; a signal can be written twice. */
  async publish(signals: readonly IntegrationSignal[]): Promise<void> {
    await this.publisher.publish(
      signals.map((signal) => ({
        ...integrationSignalsV1.encode(signal.integrationId, signal),
        topic: this.topic,
        partition: partitionOf(signal.integrationId, this.partitionCount),
      })),
    );
  }
}
