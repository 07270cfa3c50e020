import { fakeListStores } from '../projection/audit.store.fake.js';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import type { Snapshot, SnapshotStore } from './snapshot.store.js';

/** Shows a copy of the lists. */
export class FakeSnapshotStore implements SnapshotStore {
  /** Snapshots that have not ended. */
  readonly held = new Set<Snapshot>();

  constructor(private readonly projections: FakeProjectionStore) {}

  async open(): Promise<Snapshot> {
    const copy = new FakeProjectionStore();
    await copy.write(this.projections.rows);
    const snapshot: Snapshot = {
      stores: fakeListStores(copy),
      end: async () => {
        this.held.delete(snapshot);
      },
    };
    this.held.add(snapshot);
    return snapshot;
  }
}
