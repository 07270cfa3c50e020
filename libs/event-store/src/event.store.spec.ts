import { eventStoreConformance } from './event.store.conformance.js';
import { FakeEventStore } from './event.store.fake.js';

eventStoreConformance('fake', async () => new FakeEventStore());
