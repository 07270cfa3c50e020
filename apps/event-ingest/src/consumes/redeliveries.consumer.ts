import { EventsConsumer, type EventsConsumerOptions } from './events.consumer.js';

/** Reads `redeliveries` as `events` are read: queued within bounds, until a round takes them. */
export function redeliveriesConsumer(options: EventsConsumerOptions): EventsConsumer {
  return new EventsConsumer(options);
}
