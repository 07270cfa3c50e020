import { setTimeout as sleep } from 'node:timers/promises';
import type { Messaging, RecordPublisher } from '@hookstile/messaging';
import {
  type BaseEnv,
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  DATA_SOURCE,
  ENV,
  LOGGER,
  type Logger,
  MESSAGING,
  metrics,
  OPEN_DATABASE,
  type OpenDatabase,
  PARTITION_COUNT,
  READINESS,
  type Readiness,
  RecentConfiguration,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import {
  type BeforeApplicationShutdown,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { routingConfigurationOf } from './consumes/configuration.consumer.js';
import { EventsConsumer } from './consumes/events.consumer.js';
import { INBOX_STORE, type InboxStore } from './inbox/inbox.store.js';
import { TypeormInboxStore } from './inbox/inbox.store.typeorm.js';
import { sweepInbox } from './inbox/inbox-retention.js';
import { TENANT_BEGINNING_STORE, type TenantBeginningStore } from './inbox/tenant-beginning.store.js';
import { TypeormTenantBeginningStore } from './inbox/tenant-beginning.store.typeorm.js';
import { EVENT_METRICS, type IngestMetrics, ingestMetrics } from './ingest-metrics.js';
import { alarmOf, boundsIn, RoutingProgress } from './routing/progress.js';
import { RoundRouter } from './routing/round-router.js';
import { ROUTED_THROUGH_STORE, type RoutedThroughStore } from './routing/routed-through.store.js';
import { TypeormRoutedThroughStore } from './routing/routed-through.store.typeorm.js';
import { Router } from './routing/router.js';
import { ProjectedEventSchemas } from './schemas/event-schemas.js';

const ROUTED_PUBLISHER = Symbol('RoutedPublisher');
const CLOSE_TIMEOUT_MS = 5_000;
const SWEEP_INTERVAL_MS = 60_000;

/** `hookstile.router`: the group carries the topics' prefix. */
function groupOf(env: BaseEnv): string {
  return `${env.HOOKSTILE_TOPIC_PREFIX}router`;
}

const consumer: Provider = {
  provide: EventsConsumer,
  useFactory: (messaging: Messaging, topics: TopicsByName, env: BaseEnv, instruments: IngestMetrics) =>
    new EventsConsumer({ messaging, topic: topics('events'), groupId: groupOf(env), metrics: instruments }),
  inject: [MESSAGING, TOPICS, ENV, EVENT_METRICS],
};

const progress: Provider = {
  provide: RoutingProgress,
  useFactory: (store: RoutedThroughStore, messaging: Messaging, topics: TopicsByName, logger: Logger) =>
    new RoutingProgress(store, boundsIn(messaging, topics('events')), alarmOf(logger, 'events')),
  inject: [ROUTED_THROUGH_STORE, MESSAGING, TOPICS, LOGGER],
};

const rounds: Provider = {
  provide: RoundRouter,
  useFactory: (
    projection: ConfigurationProjection,
    inbox: InboxStore,
    beginnings: TenantBeginningStore,
    publisher: RecordPublisher,
    topics: TopicsByName,
    partitionCount: number,
    clock: Clock,
    instruments: IngestMetrics,
  ) =>
    new RoundRouter({
      configuration: routingConfigurationOf(projection, new RecentConfiguration(projection, clock)),
      schemas: new ProjectedEventSchemas(projection),
      inbox,
      beginnings,
      publisher,
      topics: { deliveries: topics('deliveries'), routings: topics('routings'), partitionCount },
      clock,
      metrics: instruments,
    }),
  inject: [
    CONFIGURATION_PROJECTION,
    INBOX_STORE,
    TENANT_BEGINNING_STORE,
    ROUTED_PUBLISHER,
    TOPICS,
    PARTITION_COUNT,
    CLOCK,
    EVENT_METRICS,
  ],
};

const router: Provider = {
  provide: Router,
  useFactory: (
    eventsConsumer: EventsConsumer,
    roundRouter: RoundRouter,
    routingProgress: RoutingProgress,
    clock: Clock,
    logger: Logger,
    instruments: IngestMetrics,
    openStores: OpenDatabase,
  ) =>
    new Router({
      source: 'events',
      openStores,
      consumer: eventsConsumer,
      rounds: roundRouter,
      progress: routingProgress,
      clock,
      sleep: (ms) => sleep(ms, undefined, { ref: false }),
      logger,
      metrics: instruments,
    }),
  inject: [EventsConsumer, RoundRouter, RoutingProgress, CLOCK, LOGGER, EVENT_METRICS, OPEN_DATABASE],
};

/** Reads `events`, drops what came before, and writes a delivery for each integration that wants the event. */
@Module({
  providers: [
    { provide: EVENT_METRICS, useFactory: ingestMetrics },
    {
      provide: INBOX_STORE,
      useFactory: (dataSource: DataSource) => new TypeormInboxStore(dataSource),
      inject: [DATA_SOURCE],
    },
    {
      provide: TENANT_BEGINNING_STORE,
      useFactory: (dataSource: DataSource) => new TypeormTenantBeginningStore(dataSource),
      inject: [DATA_SOURCE],
    },
    {
      provide: ROUTED_THROUGH_STORE,
      useFactory: (dataSource: DataSource) => new TypeormRoutedThroughStore(dataSource, 'routed_through'),
      inject: [DATA_SOURCE],
    },
    {
      provide: ROUTED_PUBLISHER,
      useFactory: (messaging: Messaging) => messaging.publisher({ name: 'routed' }),
      inject: [MESSAGING],
    },
    consumer,
    progress,
    rounds,
    router,
  ],
})
export class RouterModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private sweepTimer: NodeJS.Timeout | null = null;
  private sweeping = false;
  private stopping = false;
  private endLagGauge: (() => void) | null = null;

  constructor(
    @Inject(Router) private readonly running: Router,
    @Inject(EventsConsumer) private readonly eventsConsumer: EventsConsumer,
    @Inject(RoutingProgress) private readonly routed: RoutingProgress,
    @Inject(ROUTED_PUBLISHER) private readonly publisher: RecordPublisher,
    @Inject(INBOX_STORE) private readonly inbox: InboxStore,
    @Inject(TENANT_BEGINNING_STORE) private readonly beginnings: TenantBeginningStore,
    @Inject(READINESS) private readonly readiness: Readiness,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running.start();
    this.readiness.register('router', () => this.running.checkHealth());
    this.endLagGauge = metrics.gauge('router.lag', { description: 'Records of events not yet routed.' }, () =>
      [...this.eventsConsumer.lagOf(this.routed.next)].map(([partition, value]) => ({
        value,
        attributes: { partition },
      })),
    );
    this.sweepTimer = setInterval(() => void this.sweep(), SWEEP_INTERVAL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    if (this.sweepTimer) clearInterval(this.sweepTimer);
    this.endLagGauge?.();
    await this.running.stop();
    await this.publisher.close(CLOSE_TIMEOUT_MS);
  }

  private async sweep(): Promise<void> {
    if (!this.running.started || this.sweeping) return;
    this.sweeping = true;
    const options = {
      nowMs: this.clock.nowMs(),
      monotonicMs: () => this.clock.monotonicMs(),
      sleep: (ms: number) => sleep(ms, undefined, { ref: false }),
      isStopped: () => this.stopping,
    };
    try {
      for (const store of [this.inbox, this.beginnings]) await sweepInbox(store, options);
    } catch (error) {
      this.logger.warn({ err: error }, 'removing old inbox rows failed; it is tried again in a minute');
    } finally {
      this.sweeping = false;
    }
  }
}
