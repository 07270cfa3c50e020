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
  OPEN_DATABASE,
  type OpenDatabase,
  PARTITION_COUNT,
  READINESS,
  type Readiness,
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
import { redeliveryConfigurationOf } from './consumes/configuration.consumer.js';
import { redeliveriesConsumer } from './consumes/redeliveries.consumer.js';
import { TypeormInboxStore } from './inbox/inbox.store.typeorm.js';
import { EVENT_METRICS, type IngestMetrics, ingestMetrics } from './ingest-metrics.js';
import { RedeliveryRounds } from './redeliver/redelivery-rounds.js';
import { refusalOfRedelivery } from './redeliver/redelivery-source.js';
import { alarmOf, boundsIn, RoutingProgress } from './routing/progress.js';
import { TypeormRoutedThroughStore } from './routing/routed-through.store.typeorm.js';
import { Router } from './routing/router.js';

const REDELIVERED_PUBLISHER = Symbol('RedeliveredPublisher');
const CLOSE_TIMEOUT_MS = 5_000;

/** A group of its own: what stops or slows redeliveries holds up no event. */
function groupOf(env: BaseEnv): string {
  return `${env.HOOKSTILE_TOPIC_PREFIX}redelivery-router`;
}

const rounds: Provider = {
  provide: RedeliveryRounds,
  useFactory: (
    projection: ConfigurationProjection,
    dataSource: DataSource,
    publisher: RecordPublisher,
    topics: TopicsByName,
    partitionCount: number,
    clock: Clock,
    logger: Logger,
    metrics: IngestMetrics,
  ) =>
    new RedeliveryRounds({
      configuration: redeliveryConfigurationOf(projection),
      inbox: new TypeormInboxStore(dataSource),
      publisher,
      topics: { deliveries: topics('deliveries'), partitionCount },
      clock,
      logger,
      metrics,
    }),
  inject: [
    CONFIGURATION_PROJECTION,
    DATA_SOURCE,
    REDELIVERED_PUBLISHER,
    TOPICS,
    PARTITION_COUNT,
    CLOCK,
    LOGGER,
    EVENT_METRICS,
  ],
};

const progress: Provider = {
  provide: RoutingProgress,
  useFactory: (dataSource: DataSource, messaging: Messaging, topics: TopicsByName, logger: Logger) => {
    const boundsOf = boundsIn(messaging, topics('redeliveries'));
    const store = new TypeormRoutedThroughStore(dataSource, 'redeliveries_routed_through');
    return new RoutingProgress(store, boundsOf, alarmOf(logger, 'redeliveries'), refusalOfRedelivery);
  },
  inject: [DATA_SOURCE, MESSAGING, TOPICS, LOGGER],
};

const router: Provider = {
  provide: Router,
  useFactory: (
    messaging: Messaging,
    topics: TopicsByName,
    env: BaseEnv,
    redeliveryRounds: RedeliveryRounds,
    routed: RoutingProgress,
    clock: Clock,
    logger: Logger,
    metrics: IngestMetrics,
    openStores: OpenDatabase,
  ) =>
    new Router({
      source: 'redeliveries',
      openStores,
      consumer: redeliveriesConsumer({ messaging, topic: topics('redeliveries'), groupId: groupOf(env), metrics }),
      rounds: redeliveryRounds,
      progress: routed,
      clock,
      sleep: (ms) => sleep(ms, undefined, { ref: false }),
      logger,
      metrics,
    }),
  inject: [MESSAGING, TOPICS, ENV, RedeliveryRounds, RoutingProgress, CLOCK, LOGGER, EVENT_METRICS, OPEN_DATABASE],
};

/** Reads `redeliveries` and writes each ending's delivery once more. */
@Module({
  providers: [
    { provide: EVENT_METRICS, useFactory: ingestMetrics },
    {
      provide: REDELIVERED_PUBLISHER,
      useFactory: (messaging: Messaging) => messaging.publisher({ name: 'redelivered' }),
      inject: [MESSAGING],
    },
    rounds,
    progress,
    router,
  ],
})
export class RedeliveryRouterModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(Router) private readonly running: Router,
    @Inject(REDELIVERED_PUBLISHER) private readonly publisher: RecordPublisher,
    @Inject(READINESS) private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.running.start();
    this.readiness.register('redeliveries', () => this.running.checkHealth());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running.stop();
    await this.publisher.close(CLOSE_TIMEOUT_MS);
  }
}
