import { laneStoreConformance } from './lane.store.conformance.js';
import { FakeLaneStore } from './lane.store.fake.js';

laneStoreConformance('fake', async () => {
  const store = new FakeLaneStore();
  return { store, lease: async (partition, epoch) => void store.epochs.set(partition, epoch) };
});
