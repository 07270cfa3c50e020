import { type Configuration, configurationKey, configurationV1 } from '@hookstile/contracts';
import type { OutboxRecord } from '@hookstile/event-store';

/** `configuration` has one partition, so that its end is one number. */
export const CONFIGURATION_PARTITION = 0;

/** The record of a thing's whole newest state in the topic `configuration`. */
export function configurationRecord(configuration: Configuration): OutboxRecord {
  return {
    topic: 'configuration',
    partition: CONFIGURATION_PARTITION,
    ...configurationV1.encode(configurationKey(configuration.kind, configuration.id), configuration),
  };
}
