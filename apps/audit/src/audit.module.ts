import type { RecordPublisher, RecordReader } from '@hookstile/messaging';
import { BatchTransportStrategy } from '@hookstile/messaging/nest';
import {
  ENV,
  LOGGER,
  MESSAGING,
  metrics,
  PayloadMask,
  READINESS,
  type Readiness,
  type ServiceContext,
  type ServiceDefinition,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  type INestApplication,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ActivityLogController } from './activity-log/activity-log.controller.js';
import { ACTIVITY_LOG_STORE } from './activity-log/activity-log.store.js';
import { AuditEnv } from './audit.env.js';
import { AuditLogController } from './audit-log/audit-log.controller.js';
import { AttemptsConsumer } from './consumes/attempts.consumer.js';
import { auditGroupOf } from './consumes/audit-group.js';
import { DecisionsConsumer } from './consumes/decisions.consumer.js';
import { DeliveriesConsumer } from './consumes/deliveries.consumer.js';
import { DomainEventsConsumer } from './consumes/domain-events.consumer.js';
import { IntegrationSignalsConsumer } from './consumes/integration-signals.consumer.js';
import { RedeliveriesConsumer } from './consumes/redeliveries.consumer.js';
import { RoutingsConsumer } from './consumes/routings.consumer.js';
import { DeliveryController } from './deliveries/delivery.controller.js';
import { DELIVERY_STORE } from './deliveries/delivery.store.js';
import { EventLogController } from './event-log/event-log.controller.js';
import { EVENT_LOG_STORE } from './event-log/event-log.store.js';
import { EventController } from './events/event.controller.js';
import { EXPORT_POOL } from './export/export.bounds.js';
import { exportMetrics } from './export/export-metrics.js';
import { Exports } from './export/exports.js';
import { TypeormSnapshotStore } from './export/snapshot.store.typeorm.js';
import { ListRoutes } from './lists/list-routes.js';
import { Lists } from './lists/lists.js';
import { Views1764000000000 } from './migrations/1764000000000-views.migration.js';
import { AuditLogIds1764200000000 } from './migrations/1764200000000-audit-log-ids.migration.js';
import { BatchedAttempts1764200100000 } from './migrations/1764200100000-batched-attempts.migration.js';
import { DeliveryMarks1764200200000 } from './migrations/1764200200000-delivery-marks.migration.js';
import { ActivityLog1764600000000 } from './migrations/1764600000000-activity-log.migration.js';
import { AttemptFlushes1764700000000 } from './migrations/1764700000000-attempt-flushes.migration.js';
import { RedeliveredAttempts1764800000000 } from './migrations/1764800000000-redelivered-attempts.migration.js';
import { DailyPartitions1764900000000 } from './migrations/1764900000000-daily-partitions.migration.js';
import { Stats1765000000000 } from './migrations/1765000000000-stats.migration.js';
import { Recoveries1765035000000 } from './migrations/1765035000000-recoveries.migration.js';
import { PayloadCompression1765150000000 } from './migrations/1765150000000-payload-compression.migration.js';
import { ProjectionPositions1765160000000 } from './migrations/1765160000000-projection-positions.migration.js';
import { SearchIndexes1765200000000 } from './migrations/1765200000000-search-indexes.migration.js';
import { RecoveryKeys1765300000000 } from './migrations/1765300000000-recovery-keys.migration.js';
import { KeysByTime1765400000000 } from './migrations/1765400000000-keys-by-time.migration.js';
import { EventsOfSourceByOutcome1765400100000 } from './migrations/1765400100000-events-of-source-by-outcome.migration.js';
import { type KeptDays, keptSinceMs } from './partitions/kept-since.js';
import { TypeormPartitionStore } from './partitions/partition.store.typeorm.js';
import { PartitionKeeper } from './partitions/partition-keeper.js';
import { partitionMetrics } from './partitions/partition-metrics.js';
import type { ProjectedTopic } from './project/project-record.js';
import { typeormListStores, typeormStores } from './projection/audit.store.typeorm.js';
import { projectionMetrics } from './projection/projection-metrics.js';
import { Projector } from './projection/projector.js';
import { READ_POOL } from './read/read.bounds.js';
import { recoverProviders } from './recover/recover.provider.js';
import { RECOVERY_POOL } from './recover/recovery.bounds.js';
import { RecoveryController } from './recover/recovery.controller.js';
import { RecoveryRunner } from './recover/recovery-runner.js';
import { RedeliverController } from './redeliver/redeliver.controller.js';
import { DELIVERIES_READER, REDELIVERIES_PUBLISHER, redeliverProviders } from './redeliver/redeliver.provider.js';
import { StatsController } from './stats/stats.controller.js';
import { STATS_STORE } from './stats/stats.store.js';
import { StatsRetention } from './stats/stats-retention.js';
import { LiveTail } from './tail/live-tail.js';
import { TAIL_POOL } from './tail/tail.bounds.js';
import { TailController } from './tail/tail.controller.js';
import { tailMetrics } from './tail/tail-metrics.js';

/** Behind a backlog a fetch brings something of most partitions, so that a delivery meets its attempts in one flush. */
const FETCH_PARTITION_MAX_BYTES = 256 * 1024;
/**
 * Views may lag by 2 seconds. The broker waits for this many bytes, which one partition with a backlog has, or this long
 * before it answers a fetch, and one answer brings records of all topics; the lingers let what belongs together meet in
 * one flush.
 */
const FETCH_MIN_BYTES = FETCH_PARTITION_MAX_BYTES;
const FETCH_MAX_WAIT_MS = 400;
const TOPIC_LINGER_MS = 50;
const FLUSH_LINGER_MS = 50;
/** Of one topic in one flush. */
const BATCH_MAX_RECORDS = 4_000;
const BUFFER_MAX_RECORDS = 8_000;
/** One is written while the next is projected. */
const BATCHES_AT_ONCE = 2;
/** Behind a backlog, deliveries wait this long for the journal of their partitions; if in vain, then not for this long. */
const JOURNAL_LEAD_MAX_MS = 5_000;
const JOURNAL_LEAD_REST_MS = 60_000;
/** Behind a backlog, deliveries follow their journal by a few flushes. */
const JOURNALED_KEPT = 5 * BATCH_MAX_RECORDS;
const RETRY_DELAY_MS = 100;
const RETRY_DELAY_MAX_MS = 5_000;
/** A flush can carry the bodies of thousands of attempts; one that is cut off would be tried again as it was. */
const FLUSH_STATEMENT_TIMEOUT_MS = 120_000;
const CLOSE_TIMEOUT_MS = 5_000;
const READS = 'reads';
const TAIL = 'tail';
const EXPORTS = 'exports';
const RECOVERIES = 'recoveries';

@Module({
  controllers: [
    RoutingsConsumer,
    DeliveriesConsumer,
    AttemptsConsumer,
    DomainEventsConsumer,
    IntegrationSignalsConsumer,
    DecisionsConsumer,
    RedeliveriesConsumer,
    EventLogController,
    TailController,
    DeliveryController,
    RedeliverController,
    RecoveryController,
    EventController,
    AuditLogController,
    ActivityLogController,
    StatsController,
  ],
})
export class AuditModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(Projector) private readonly projector: Projector,
    @Inject(PartitionKeeper) private readonly partitions: PartitionKeeper,
    @Inject(LiveTail) private readonly tail: LiveTail,
    @Inject(Exports) private readonly exports: Exports,
    @Inject(REDELIVERIES_PUBLISHER) private readonly publisher: RecordPublisher,
    @Inject(DELIVERIES_READER) private readonly reader: RecordReader,
    @Inject(RecoveryRunner) private readonly recoveries: RecoveryRunner,
    @Inject(StatsRetention) private readonly statsRetention: StatsRetention,
    @Inject(READINESS) readiness: Readiness,
  ) {
    readiness.register('projections', () => projector.check());
  }

  onApplicationBootstrap(): void {
    this.partitions.start();
    this.recoveries.start();
    this.statsRetention.start();
  }

  /** Streams and exports would keep the HTTP server open; their readers go on at another process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.exports.stop();
    await Promise.all([this.tail.stop(), this.recoveries.stop()]);
    await Promise.all([this.partitions.stop(), this.statsRetention.stop()]);
  }

  /** Consumers have drained by now; only a flush that keeps failing can still be there. */
  async onApplicationShutdown(): Promise<void> {
    await this.projector.stop();
    await this.publisher.close(CLOSE_TIMEOUT_MS);
    await this.reader.close();
  }
}

function auditModule({ env, dataSource, pools, clock, logger }: ServiceContext<AuditEnv>): DynamicModule {
  const reads = pools.get(READS) ?? dataSource;
  const stores = typeormStores(dataSource, reads, pools.get(TAIL) ?? dataSource);
  const projector = new Projector(stores.projections, clock, logger, projectionMetrics(metrics), {
    lingerMs: FLUSH_LINGER_MS,
    batchFullRecords: BATCH_MAX_RECORDS,
    journalLeadMaxMs: JOURNAL_LEAD_MAX_MS,
    journalLeadRestMs: JOURNAL_LEAD_REST_MS,
    journaledKept: JOURNALED_KEPT,
    retryDelayMs: RETRY_DELAY_MS,
    retryDelayMaxMs: RETRY_DELAY_MAX_MS,
    mask: new PayloadMask(env.HOOKSTILE_MASKED_NAMES),
    keptSince: (nowMs) => keptSinceMs(keptDaysOf(env), nowMs),
  });
  const tail = new LiveTail(stores.tail, clock, logger, tailMetrics(metrics));
  const store = new TypeormPartitionStore(dataSource);
  const partitions = new PartitionKeeper(store, keptDaysOf(env), clock, logger, partitionMetrics(metrics));
  const snapshots = new TypeormSnapshotStore(pools.get(EXPORTS) ?? dataSource, reads, typeormListStores, logger);
  const exports = new Exports(snapshots, clock, logger, exportMetrics(metrics));
  return {
    module: AuditModule,
    providers: [
      { provide: Exports, useValue: exports },
      { provide: Lists, useValue: new Lists(stores, exports, () => clock.nowMs()) },
      ListRoutes,
      { provide: LiveTail, useValue: tail },
      { provide: Projector, useValue: projector },
      { provide: PartitionKeeper, useValue: partitions },
      { provide: EVENT_LOG_STORE, useValue: stores.eventLog },
      { provide: DELIVERY_STORE, useValue: stores.deliveries },
      ...redeliverProviders,
      ...recoverProviders(reads, pools.get(RECOVERIES) ?? dataSource),
      { provide: ACTIVITY_LOG_STORE, useValue: stores.activityLog },
      { provide: STATS_STORE, useValue: stores.stats },
      { provide: StatsRetention, useValue: new StatsRetention(stores.stats, clock, logger) },
    ],
  };
}

export function keptDaysOf(env: AuditEnv): KeptDays {
  return {
    events: env.HOOKSTILE_EVENTS_KEPT_DAYS,
    attempts: env.HOOKSTILE_ATTEMPTS_KEPT_DAYS,
    'activity-log': env.HOOKSTILE_ACTIVITY_LOG_KEPT_DAYS,
  };
}

function batchTransport(app: INestApplication): BatchTransportStrategy {
  const env: AuditEnv = app.get(ENV);
  const topicOf: TopicsByName = app.get(TOPICS);
  const strategy = new BatchTransportStrategy({
    messaging: app.get(MESSAGING),
    groupId: auditGroupOf(env.HOOKSTILE_TOPIC_PREFIX),
    // The consumers' patterns are names of topics.
    topicOf: (pattern) => topicOf(pattern as ProjectedTopic),
    logger: app.get(LOGGER),
    lingerMs: TOPIC_LINGER_MS,
    batchMaxRecords: BATCH_MAX_RECORDS,
    batchesAtOnce: BATCHES_AT_ONCE,
    bufferMaxRecords: BUFFER_MAX_RECORDS,
    fetchMinBytes: FETCH_MIN_BYTES,
    fetchMaxWaitMs: FETCH_MAX_WAIT_MS,
    fetchPartitionMaxBytes: FETCH_PARTITION_MAX_BYTES,
  });
  app.get<Readiness>(READINESS).register('partitions', () => strategy.checkHealth());
  return strategy;
}

export const auditService: ServiceDefinition<AuditEnv> = {
  name: 'audit',
  env: AuditEnv,
  module: auditModule,
  migrations: [
    Views1764000000000,
    AuditLogIds1764200000000,
    BatchedAttempts1764200100000,
    DeliveryMarks1764200200000,
    ActivityLog1764600000000,
    AttemptFlushes1764700000000,
    RedeliveredAttempts1764800000000,
    DailyPartitions1764900000000,
    Stats1765000000000,
    Recoveries1765035000000,
    PayloadCompression1765150000000,
    SearchIndexes1765200000000,
    ProjectionPositions1765160000000,
    RecoveryKeys1765300000000,
    KeysByTime1765400000000,
    EventsOfSourceByOutcome1765400100000,
  ],
  statementTimeoutMs: FLUSH_STATEMENT_TIMEOUT_MS,
  pools: { [READS]: READ_POOL, [TAIL]: TAIL_POOL, [EXPORTS]: EXPORT_POOL, [RECOVERIES]: RECOVERY_POOL },
  schema: 'audit',
  strategies: (app) => [batchTransport(app)],
};
