import { describe } from 'vitest';
import { activityLogStoreConformance } from '../activity-log/activity-log.store.conformance.js';
import { auditLogStoreConformance } from '../audit-log/audit-log.store.conformance.js';
import { deliveryStoreConformance } from '../deliveries/delivery.store.conformance.js';
import { eventLogStoreConformance } from '../event-log/event-log.store.conformance.js';
import { eventStoreConformance } from '../events/event.store.conformance.js';
import { statsStoreConformance } from '../stats/stats.store.conformance.js';
import { tailStoreConformance } from '../tail/tail.store.conformance.js';
import { replayConformance } from './audit.store.conformance.js';
import { fakeStores } from './audit.store.fake.js';
import { projectionStoreConformance } from './projection.store.conformance.js';
import { projectorConformance } from './projector.conformance.js';

const RUNS = 300;
/** Each goes through timers. */
const ABREAST_RUNS = 100;

describe('projections in memory', () => {
  replayConformance({ stores: fakeStores, reference: fakeStores, runs: RUNS });
  projectorConformance({ stores: fakeStores, reference: fakeStores, runs: ABREAST_RUNS });
  projectionStoreConformance(fakeStores);
  eventLogStoreConformance(fakeStores);
  tailStoreConformance(fakeStores);
  statsStoreConformance(fakeStores);
  deliveryStoreConformance(fakeStores);
  eventStoreConformance(fakeStores);
  auditLogStoreConformance(fakeStores);
  activityLogStoreConformance(fakeStores);
});
