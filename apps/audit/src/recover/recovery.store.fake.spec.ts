import { describe } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { recoveryStoreConformance } from './recovery.store.conformance.js';
import { FakeRecoveryStore } from './recovery.store.fake.js';

describe('recoveries in memory', () => {
  recoveryStoreConformance(() => {
    const projections = new FakeProjectionStore();
    const store = new FakeRecoveryStore(projections);
    return { projections, store, lists: store, work: store };
  });
});
