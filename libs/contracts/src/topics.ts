/** The topics' names without their prefix, as the folders consumes and publishes of each app shows them. */
export const TOPIC_NAMES = [
  'events',
  'routings',
  'configuration',
  'domain-events',
  'deliveries',
  'attempts',
  'integration-signals',
  'redeliveries',
  'decisions',
] as const;

export type TopicName = (typeof TOPIC_NAMES)[number];

export const DEFAULT_TOPIC_PREFIX = 'hookstile.';

/** Partitions of every topic but `configuration`, which has one so that its end offset is one number (invariant 6). */
export const DEFAULT_PARTITION_COUNT = 12;

export const CONFIGURATION_PARTITION_COUNT = 1;

/** The full name of a topic; tests give each suite a prefix of its own. */
export function topicName(prefix: string, name: TopicName): string {
  return `${prefix}${name}`;
}
