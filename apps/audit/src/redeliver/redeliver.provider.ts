import type { Messaging, RecordPublisher } from '@hookstile/messaging';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  MESSAGING,
  PARTITION_COUNT,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import type { Provider } from '@nestjs/common';
import { DELIVERY_STORE, type DeliveryStore } from '../deliveries/delivery.store.js';
import { RedeliveriesPublisher } from '../publishes/redeliveries.publisher.js';
import { Redeliver } from './redeliver.js';
import { RoutedDeliveries } from './routed-deliveries.js';

export const REDELIVERIES_PUBLISHER = Symbol('RedeliveriesPublisher');

export const redeliverProviders: Provider[] = [
  {
    provide: REDELIVERIES_PUBLISHER,
    useFactory: (messaging: Messaging) => messaging.publisher({ name: 'redeliveries' }),
    inject: [MESSAGING],
  },
  {
    provide: Redeliver,
    useFactory: (
      deliveries: DeliveryStore,
      configuration: ConfigurationProjection,
      messaging: Messaging,
      publisher: RecordPublisher,
      topics: TopicsByName,
      partitionCount: number,
      clock: Clock,
    ) =>
      new Redeliver({
        deliveries,
        configuration,
        routed: new RoutedDeliveries(messaging, topics('deliveries')),
        publisher: new RedeliveriesPublisher({ publisher, topic: topics('redeliveries'), partitionCount }),
        partitionCount,
        clock,
      }),
    inject: [
      DELIVERY_STORE,
      CONFIGURATION_PROJECTION,
      MESSAGING,
      REDELIVERIES_PUBLISHER,
      TOPICS,
      PARTITION_COUNT,
      CLOCK,
    ],
  },
];
