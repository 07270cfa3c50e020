import type { Messaging, RecordPublisher, RecordReader } from '@hookstile/messaging';
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
/** One for all redeliveries of the process, so that none opens connections of its own. */
export const DELIVERIES_READER = Symbol('DeliveriesReader');

export const redeliverProviders: Provider[] = [
  {
    provide: REDELIVERIES_PUBLISHER,
    useFactory: (messaging: Messaging) => messaging.publisher({ name: 'redeliveries' }),
    inject: [MESSAGING],
  },
  {
    provide: DELIVERIES_READER,
    useFactory: (messaging: Messaging) => messaging.reader(),
    inject: [MESSAGING],
  },
  {
    provide: RoutedDeliveries,
    useFactory: (reader: RecordReader, topics: TopicsByName) => new RoutedDeliveries(reader, topics('deliveries')),
    inject: [DELIVERIES_READER, TOPICS],
  },
  {
    provide: RedeliveriesPublisher,
    useFactory: (publisher: RecordPublisher, topics: TopicsByName, partitionCount: number) =>
      new RedeliveriesPublisher({ publisher, topic: topics('redeliveries'), partitionCount }),
    inject: [REDELIVERIES_PUBLISHER, TOPICS, PARTITION_COUNT],
  },
  {
    provide: Redeliver,
    useFactory: (
      deliveries: DeliveryStore,
      configuration: ConfigurationProjection,
      routed: RoutedDeliveries,
      publisher: RedeliveriesPublisher,
      partitionCount: number,
      clock: Clock,
    ) => new Redeliver({ deliveries, configuration, routed, publisher, partitionCount, clock }),
    inject: [DELIVERY_STORE, CONFIGURATION_PROJECTION, RoutedDeliveries, RedeliveriesPublisher, PARTITION_COUNT, CLOCK],
  },
];
