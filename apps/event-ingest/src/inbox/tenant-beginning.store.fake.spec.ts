import { tenantBeginningStoreConformance } from './tenant-beginning.store.conformance.js';
import { FakeTenantBeginningStore } from './tenant-beginning.store.fake.js';

tenantBeginningStoreConformance(async () => new FakeTenantBeginningStore());
