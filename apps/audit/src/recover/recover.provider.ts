import type { Messaging } from '@hookstile/messaging';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  LOGGER,
  type Logger,
  MESSAGING,
  PARTITION_COUNT,
  RANDOM_BYTES,
  type RandomBytes,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import type { Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { RedeliveriesPublisher } from '../publishes/redeliveries.publisher.js';
import { ViewReader } from '../read/view-reader.js';
import { RoutedDeliveries } from '../redeliver/routed-deliveries.js';
import { Recoveries } from './recoveries.js';
import { RECOVERY_STORE, type RecoveryStore } from './recovery.store.js';
import { TypeormRecoveryStore } from './recovery.store.typeorm.js';
import { RecoveryRunner } from './recovery-runner.js';
import { TypeormRecoveryWorkStore } from './recovery-work.store.typeorm.js';

const OWNER_RANDOM_BYTES = 8;

/** Recoveries are worked through a pool of their own. */
export const recoverProviders = (reads: DataSource, work: DataSource): Provider[] => [
  { provide: RECOVERY_STORE, useValue: new TypeormRecoveryStore(new ViewReader(reads), work) },
  {
    provide: Recoveries,
    useFactory: (
      store: RecoveryStore,
      configuration: ConfigurationProjection,
      clock: Clock,
      randomBytes: RandomBytes,
    ) => new Recoveries({ store, configuration, clock, randomBytes }),
    inject: [RECOVERY_STORE, CONFIGURATION_PROJECTION, CLOCK, RANDOM_BYTES],
  },
  {
    provide: RecoveryRunner,
    useFactory: (
      configuration: ConfigurationProjection,
      routed: RoutedDeliveries,
      publisher: RedeliveriesPublisher,
      messaging: Messaging,
      topics: TopicsByName,
      partitionCount: number,
      clock: Clock,
      logger: Logger,
      randomBytes: RandomBytes,
    ) =>
      new RecoveryRunner({
        store: new TypeormRecoveryWorkStore(work),
        ...{ configuration, routed, publisher, partitionCount, clock, logger },
        startOffset: (partition) => messaging.startOffset({ topic: topics('deliveries'), partition }),
        owner: Buffer.from(randomBytes(OWNER_RANDOM_BYTES)).toString('hex'),
      }),
    inject: [
      CONFIGURATION_PROJECTION,
      RoutedDeliveries,
      RedeliveriesPublisher,
      MESSAGING,
      TOPICS,
      PARTITION_COUNT,
      CLOCK,
      LOGGER,
      RANDOM_BYTES,
    ],
  },
];
