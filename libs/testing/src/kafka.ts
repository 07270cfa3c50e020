const DEFAULT_BROKERS = '127.0.0.1:19092';

/** The Kafka that integration tests use: `KAFKA_BROKERS`, else the development one. */
export function testBrokers(): string[] {
  return (process.env.KAFKA_BROKERS ?? DEFAULT_BROKERS).split(',');
}
