import { FakeEventStore } from '@hookstile/event-store';
import { tenantKeyStoreConformance } from './tenant-key.store.conformance.js';
import { FakeTenantKeyStore } from './tenant-key.store.fake.js';

tenantKeyStoreConformance('fake', async () => ({ events: new FakeEventStore(), keys: new FakeTenantKeyStore() }));
