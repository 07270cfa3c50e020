import type { OutgoingRecord, ReceivedRecord, RecordPublisher } from '@hookstile/messaging';
import { type Clock, type SpanHandle, tracing } from '@hookstile/service-runtime';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import type { InboxStore } from '../inbox/inbox.store.js';
import type { TenantBeginningStore } from '../inbox/tenant-beginning.store.js';
import { TenantBeginnings } from '../inbox/tenant-beginnings.js';
import type { IngestMetrics } from '../ingest-metrics.js';
import { LoopTurns } from '../loop-turns.js';
import type { EventSchemas } from '../schemas/event-schemas.js';
import { Admissions } from './admission.js';
import { type EmissionTopics, emissionOf, type Routed } from './emission.js';
import { type Fate, fateOf } from './fate.js';
import { RoundSize } from './round-size.js';
import { type SourceRecord, sourceRecordOf } from './source-record.js';

/**
 * A round can fan out to many deliveries; they are built and written in pieces of at most this much, so that those in
 * front are on their way while the others are built.
 */
export const EMIT_MAX_RECORDS = 500;
export const EMIT_MAX_BYTES = 8 * 1024 * 1024;

export interface RoundRouterOptions {
  configuration: RoutingConfiguration;
  schemas: EventSchemas;
  inbox: InboxStore;
  beginnings: TenantBeginningStore;
  publisher: RecordPublisher;
  topics: EmissionTopics;
  clock: Clock;
  metrics: IngestMetrics;
}

function spanOf(source: SourceRecord): SpanHandle {
  if (!tracing.enabled) return tracing.startSpan('process events', { kind: 'consumer', parent: source.parent });
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.partition.id': String(source.partition),
    'messaging.kafka.offset': source.offset,
    'hookstile.tenant.id': source.tenantId ?? '',
  };
  return tracing.startSpan('process events', { kind: 'consumer', parent: source.parent, attributes });
}

/** Takes the records of one round from bytes to acknowledged deliveries and routings. */
export class RoundRouter {
  private readonly admissions: Admissions;
  private readonly size = new RoundSize();

  constructor(private readonly options: RoundRouterOptions) {
    const beginnings = new TenantBeginnings(options.beginnings, options.clock);
    this.admissions = new Admissions({ ...options, beginnings });
  }

  get maxRecords(): number {
    return this.size.maxRecords;
  }

  /**
   * Resolves once everything of the round is acknowledged. Where it rejects, the same round may be given again: the
   * inbox knows its records by their positions and the readers of both topics drop what they have.
   */
  async route(records: readonly ReceivedRecord[]): Promise<void> {
    const { clock } = this.options;
    const sources = records.map(sourceRecordOf);
    const admission = await this.admissions.admit(sources);
    const routedAt = new Date(clock.nowMs()).toISOString();
    const spans: SpanHandle[] = [];
    const round: Routed[] = [];
    try {
      const turns = new LoopTurns(clock);
      for (const source of sources) {
        if (turns.isDue) await turns.give();
        const span = spanOf(source);
        spans.push(span);
        const fate = fateOf(source, this.options.configuration, admission);
        round.push({ source, fate, traceparent: span.traceparent, routedAt });
      }
      await this.emit(round);
    } catch (error) {
      for (const span of spans) span.fail(error);
      throw error;
    } finally {
      spans.forEach((span, i) => void span.end({ 'hookstile.outcome': round[i]?.fate.outcome }));
    }
    this.count(round.map(({ fate }) => fate));
  }

  /** Every piece is acknowledged before the next is written, so that no delivery overtakes one before it. */
  private async emit(round: readonly Routed[]): Promise<void> {
    const { publisher, topics, clock } = this.options;
    const turns = new LoopTurns(clock);
    let piece: OutgoingRecord[] = [];
    let bytes = 0;
    let written = 0;
    for (const routed of round) {
      for (const record of emissionOf(routed, topics)) {
        if (turns.isDue) await turns.give();
        piece.push(record);
        bytes += record.value.length;
        if (piece.length < EMIT_MAX_RECORDS && bytes < EMIT_MAX_BYTES) continue;
        await publisher.publish(piece);
        written += piece.length;
        piece = [];
        bytes = 0;
      }
    }
    if (piece.length > 0) await publisher.publish(piece);
    this.size.wrote(round.length, written + piece.length);
  }

  private count(fates: readonly Fate[]): void {
    const { metrics } = this.options;
    const byOutcome = new Map<Fate['outcome'], number>();
    let deliveries = 0;
    for (const fate of fates) {
      byOutcome.set(fate.outcome, (byOutcome.get(fate.outcome) ?? 0) + 1);
      if (fate.outcome === 'routed') deliveries += fate.integrations.length;
    }
    for (const [outcome, count] of byOutcome) metrics.routings.add(count, { outcome });
    metrics.deliveries.add(deliveries);
  }
}
