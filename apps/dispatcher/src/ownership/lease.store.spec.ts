import { leaseStoreConformance } from './lease.store.conformance.js';
import { FakeLeaseStore } from './lease.store.fake.js';

leaseStoreConformance('fake', async () => new FakeLeaseStore());
