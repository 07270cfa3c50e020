import { inboxStoreConformance } from './inbox.store.conformance.js';
import { FakeInboxStore } from './inbox.store.fake.js';

inboxStoreConformance(async () => new FakeInboxStore());
