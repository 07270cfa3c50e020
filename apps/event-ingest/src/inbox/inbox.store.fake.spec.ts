import { inboxStoreConformance } from './inbox.store.conformance.js';
import { FakeInboxStore } from './inbox.store.fake.js';
import { settlementConformance } from './settlement.conformance.js';

inboxStoreConformance(async () => new FakeInboxStore());
settlementConformance(async () => new FakeInboxStore());
