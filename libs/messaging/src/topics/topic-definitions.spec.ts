import { TOPIC_NAMES } from '@hookstile/contracts';
import { describe, expect, it } from 'vitest';
import { topicDefinitions } from './topic-definitions.js';

describe('topic definitions', () => {
  const definitions = topicDefinitions('p.', 12);
  const named = (name: string) => definitions.find((definition) => definition.name === name);

  it('cover every topic, with the configured count of partitions', () => {
    expect(definitions.map(({ name }) => name)).toEqual(TOPIC_NAMES.map((name) => `p.${name}`));
    expect(named('p.deliveries')).toMatchObject({ partitions: 12, settings: { 'retention.ms': '604800000' } });
  });

  it('compact the configuration in one partition, whose end offset is one number', () => {
    expect(named('p.configuration')).toMatchObject({ partitions: 1, settings: { 'cleanup.policy': 'compact' } });
  });

  it('let no superseded configuration, such as the key of a deleted tenant, stay for longer than compaction must wait', () => {
    expect(named('p.configuration')?.settings).toMatchObject({ 'max.compaction.lag.ms': '86400000' });
  });

  it('leave batches packed as their producers sent them, whatever the broker does by default', () => {
    for (const { settings } of definitions) expect(settings).toMatchObject({ 'compression.type': 'producer' });
  });

  it('keep domain events for ever', () => {
    expect(named('p.domain-events')?.settings).toMatchObject({ 'retention.ms': '-1' });
  });
});
