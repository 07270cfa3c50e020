import { FakeEventStore } from '@hookstile/event-store';
import { readModelStoreConformance } from './read-model.store.conformance.js';
import { FakeReadModelStore } from './read-model.store.fake.js';

readModelStoreConformance('fake', async () => ({ events: new FakeEventStore(), readModels: new FakeReadModelStore() }));
