import type { DeliveryEnvelope } from '@hookstile/contracts';
import type { OutgoingRecord, ReceivedRecord, RecordPublisher } from '@hookstile/messaging';
import { type Clock, type Logger, tracing } from '@hookstile/service-runtime';
import type { RedeliveryConfiguration } from '../consumes/configuration.consumer.js';
import type { InboxStore } from '../inbox/inbox.store.js';
import type { InboxEntry } from '../inbox/inbox-entry.js';
import { firstOfEachKey, verdictOf } from '../inbox/verdict.js';
import type { IngestMetrics } from '../ingest-metrics.js';
import { deliveryRecord } from '../publishes/deliveries.publisher.js';
import { isOfRecovery, type RedeliverySource, redeliverySourceOf } from './redelivery-source.js';

const ROUND_MAX_RECORDS = 1_000;

export interface RedeliveryRoundsOptions {
  configuration: RedeliveryConfiguration;
  inbox: InboxStore;
  publisher: RecordPublisher;
  topics: { deliveries: string; partitionCount: number };
  clock: Clock;
  logger: Logger;
  metrics: Pick<IngestMetrics, 'redeliveries' | 'deliveries'>;
}

/** Takes the redeliveries of one round from bytes to acknowledged deliveries. */
export class RedeliveryRounds {
  /** Each is written as one. */
  readonly maxRecords = ROUND_MAX_RECORDS;

  constructor(private readonly options: RedeliveryRoundsOptions) {}

  /**
   * Resolves once everything of the round is acknowledged. Where it rejects, the same round may be given again: the
   * inbox knows its records by their positions, and readers of `deliveries` drop what they have.
   */
  async route(records: readonly ReceivedRecord[]): Promise<void> {
    const { configuration, inbox, publisher, clock, metrics } = this.options;
    const redeliveries = records.filter((record) => !isOfRecovery(record));
    const sources = redeliveries.flatMap((record) => this.sourcesOf(record));
    const entries = firstOfEachKey(sources.map(({ inboxEntry }) => inboxEntry));
    const [holders] = await Promise.all([inbox.claim(entries, clock.nowMs()), configuration.catchUp()]);
    const first = sources.filter((source) => isFirst(source, holders));
    const routedAt = new Date(clock.nowMs()).toISOString();
    if (first.length > 0) await publisher.publish(first.map((source) => this.emissionOf(source, routedAt)));
    metrics.redeliveries.add(first.length, { outcome: 'routed' });
    metrics.redeliveries.add(sources.length - first.length, { outcome: 'duplicate' });
    metrics.redeliveries.add(redeliveries.length - sources.length, { outcome: 'malformed' });
    metrics.deliveries.add(first.length);
  }

  private sourcesOf(record: ReceivedRecord): RedeliverySource[] {
    const source = redeliverySourceOf(record);
    if (source) return [source];
    const { partition, offset } = record;
    // It names no delivery. Audit reads this topic too and records it as unreadable.
    this.options.logger.error({ partition, offset }, 'a redelivery cannot be read and is skipped');
    return [];
  }

  /** Whatever became of its integration: dispatchers hold what is disabled and discard what is deleted, with a record. */
  private emissionOf({ envelope, bytes, partition, offset }: RedeliverySource, routedAt: string): OutgoingRecord {
    const { configuration, topics } = this.options;
    const { deliveryId, integrationId, event, recoveryId } = envelope;
    const span = tracing.startSpan('process redeliveries', { kind: 'consumer', parent: envelope.traceparent });
    const delivery: DeliveryEnvelope = {
      deliveryId,
      integrationId,
      integrationVersion: configuration.versionOf(integrationId),
      event,
      trigger: recoveryId === undefined ? 'redelivery' : 'recovery',
      sourcePartition: partition,
      sourceOffset: offset,
      routedAt,
      traceparent: span.traceparent,
    };
    span.end();
    return deliveryRecord(topics.deliveries, topics.partitionCount, { envelope: delivery, bytes });
  }
}

/** A redelivery that stands elsewhere too was written, or asked for, twice. */
function isFirst({ inboxEntry }: RedeliverySource, holders: ReadonlyMap<string, InboxEntry>): boolean {
  const holder = holders.get(inboxEntry.key);
  return holder !== undefined && verdictOf(inboxEntry, holder) === 'first';
}
