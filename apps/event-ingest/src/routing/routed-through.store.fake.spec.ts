import { routedThroughStoreConformance } from './routed-through.store.conformance.js';
import { FakeRoutedThroughStore } from './routed-through.store.fake.js';

routedThroughStoreConformance(async () => new FakeRoutedThroughStore());
