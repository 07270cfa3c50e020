import { CONFIGURATION_PARTITION_COUNT, TOPIC_NAMES, type TopicName, topicName } from '@hookstile/contracts';
import type { TopicDefinition } from '../port/messaging.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const FOR_EVER = '-1';

/** What a rebuild of the views, and a service that was down for days, can still read. */
const RETENTION_DAYS_DEFAULT = 7;

export interface TopicDefinitionOptions {
  /** How long records stay that a rebuild of the views needs. */
  retentionMs?: number;
  /** In production 2 with three replicas; 1 for a single broker. */
  minInSyncReplicas?: number;
}

/** All of Hookstile's topics under a prefix, as `createTopics` takes them. */
export function topicDefinitions(
  prefix: string,
  partitions: number,
  { retentionMs = RETENTION_DAYS_DEFAULT * DAY_MS, minInSyncReplicas = 1 }: TopicDefinitionOptions = {},
): TopicDefinition[] {
  const settings = {
    'min.insync.replicas': `${minInSyncReplicas}`,
    // A broker that packs batches anew unpacks them into its heap first: 23 bytes of a producer that means ill end it.
    'compression.type': 'producer',
  };
  const kept = (ms: string) => ({ ...settings, 'cleanup.policy': 'delete', 'retention.ms': ms });
  const special: Partial<Record<TopicName, Omit<TopicDefinition, 'name'>>> = {
    configuration: {
      partitions: CONFIGURATION_PARTITION_COUNT,
      settings: {
        ...settings,
        'cleanup.policy': 'compact',
        'delete.retention.ms': `${DAY_MS}`,
        // A tenant's key that was wrapped anew, or deleted with its tenant, goes from the log with what is written a day later.
        'max.compaction.lag.ms': `${DAY_MS}`,
      },
    },
    'domain-events': { partitions, settings: kept(FOR_EVER) },
  };
  return TOPIC_NAMES.map((name) => ({
    partitions,
    settings: kept(`${retentionMs}`),
    ...special[name],
    name: topicName(prefix, name),
  }));
}
