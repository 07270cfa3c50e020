import { describe } from 'vitest';
import { partitionStoreConformance } from './partition.store.conformance.js';
import { FakePartitionStore } from './partition.store.fake.js';
import { PARTITIONED_TABLES } from './partitioned-tables.js';

describe('day partitions in memory', () => {
  partitionStoreConformance(() => {
    const store = new FakePartitionStore();
    const [, deliveries] = PARTITIONED_TABLES;
    if (!deliveries) throw new Error('deliveries are partitioned');
    return {
      store,
      day: 20_000,
      put: async (day, open) => store.put(deliveries, day, open),
      daysOf: async () => store.daysOf(deliveries),
    };
  });
});
