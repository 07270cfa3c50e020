import { describe } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { snapshotStoreConformance } from './snapshot.store.conformance.js';
import { FakeSnapshotStore } from './snapshot.store.fake.js';

describe('a snapshot in memory', () => {
  snapshotStoreConformance(() => {
    const projections = new FakeProjectionStore();
    return { projections, snapshots: new FakeSnapshotStore(projections) };
  });
});
