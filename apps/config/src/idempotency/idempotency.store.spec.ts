import { FakeEventStore } from '@hookstile/event-store';
import { idempotencyStoreConformance } from './idempotency.store.conformance.js';
import { FakeIdempotencyStore } from './idempotency.store.fake.js';

idempotencyStoreConformance('fake', async () => ({
  events: new FakeEventStore(),
  answers: new FakeIdempotencyStore(),
}));
