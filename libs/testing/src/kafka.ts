import { givenByTheRunner } from './given-by-the-runner.js';

/** The Kafka that integration tests use: `KAFKA_BROKERS`, which `npm test` and vitest's global setup give. */
export function testBrokers(): string[] {
  return givenByTheRunner('KAFKA_BROKERS').split(',');
}
