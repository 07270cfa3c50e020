import type { Messaging, RecordPublisher } from '@hookstile/messaging';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  ENV,
  MESSAGING,
  PARTITION_COUNT,
  RecentConfiguration,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type EventQuotaSettings, EventQuotas } from './accept/event-quotas.js';
import { EventsController } from './accept/events.controller.js';
import { EventsHeadCheck } from './accept/events-head-check.js';
import { SCHEMA_GATE, SchemaGate } from './accept/schema-gate.js';
import { EVENT_METRICS, ingestMetrics } from './ingest-metrics.js';
import { EventsPublisher } from './publishes/events.publisher.js';
import { ProjectedEventSchemas } from './schemas/event-schemas.js';

const RECORD_PUBLISHER = Symbol('RecordPublisher');
const CLOSE_TIMEOUT_MS = 5_000;
/** Events that wait for Kafka, which may stand still; beyond either, 503. Two seconds of what one process accepts. */
const QUEUE_MAX_RECORDS = 10_000;
const QUEUE_MAX_BYTES = 32 * 1024 * 1024;
/** A 202 takes a few milliseconds longer, and all that follows goes in groups (docs/adr/0017). */
const GATHER_MS = 30;

/** Takes events by HTTP and writes them to `events`. */
@Module({
  controllers: [EventsController],
  providers: [
    { provide: EVENT_METRICS, useFactory: ingestMetrics },
    EventsHeadCheck,
    {
      provide: EventQuotas,
      useFactory: (settings: EventQuotaSettings, clock: Clock) => new EventQuotas(settings, clock),
      inject: [ENV, CLOCK],
    },
    {
      provide: RECORD_PUBLISHER,
      useFactory: (messaging: Messaging) =>
        messaging.publisher({
          name: 'events',
          gatherMs: GATHER_MS,
          queueMaxRecords: QUEUE_MAX_RECORDS,
          queueMaxBytes: QUEUE_MAX_BYTES,
        }),
      inject: [MESSAGING],
    },
    {
      provide: EventsPublisher,
      useFactory: (publisher: RecordPublisher, topics: TopicsByName, partitionCount: number) =>
        new EventsPublisher({ publisher, topic: topics('events'), partitionCount }),
      inject: [RECORD_PUBLISHER, TOPICS, PARTITION_COUNT],
    },
    {
      provide: RecentConfiguration,
      useFactory: (projection: ConfigurationProjection, clock: Clock) => new RecentConfiguration(projection, clock),
      inject: [CONFIGURATION_PROJECTION, CLOCK],
    },
    {
      provide: SCHEMA_GATE,
      useFactory: (projection: ConfigurationProjection, recent: RecentConfiguration, clock: Clock) =>
        new SchemaGate(new ProjectedEventSchemas(projection), recent, clock),
      inject: [CONFIGURATION_PROJECTION, RecentConfiguration, CLOCK],
    },
  ],
})
export class FrontDoorModule implements OnApplicationShutdown {
  constructor(@Inject(RECORD_PUBLISHER) private readonly publisher: RecordPublisher) {}

  /** After the HTTP server has closed: every request was answered, so nothing is left to be written but late retries. */
  async onApplicationShutdown(): Promise<void> {
    await this.publisher.close(CLOSE_TIMEOUT_MS);
  }
}
