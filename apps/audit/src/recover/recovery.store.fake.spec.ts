import { describe } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { FakeRecoveries } from './recoveries.fake.js';
import { recoveryStoreConformance } from './recovery.store.conformance.js';
import { FakeRecoveryStore } from './recovery.store.fake.js';
import { recoveryWorkStoreConformance } from './recovery-work.store.conformance.js';
import { FakeRecoveryWorkStore } from './recovery-work.store.fake.js';

describe('recoveries in memory', () => {
  const stores = () => {
    const projections = new FakeProjectionStore();
    const recoveries = new FakeRecoveries(projections);
    const store = new FakeRecoveryStore(recoveries);
    return { projections, store, lists: store, work: new FakeRecoveryWorkStore(recoveries) };
  };
  recoveryStoreConformance(stores);
  recoveryWorkStoreConformance(stores);
});
