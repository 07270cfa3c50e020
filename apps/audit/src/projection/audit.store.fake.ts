import { FakeActivityLogStore } from '../activity-log/activity-log.store.fake.js';
import { FakeAuditLogStore } from '../audit-log/audit-log.store.fake.js';
import { FakeDeliveryStore } from '../deliveries/delivery.store.fake.js';
import { FakeEventLogStore } from '../event-log/event-log.store.fake.js';
import { FakeEventStore } from '../events/event.store.fake.js';
import type { ListStores } from '../export/snapshot.store.js';
import { FakeRecoveries } from '../recover/recoveries.fake.js';
import { FakeRecoveryStore } from '../recover/recovery.store.fake.js';
import { FakeStatsStore } from '../stats/stats.store.fake.js';
import { FakeTailStore } from '../tail/tail.store.fake.js';
import type { AuditStores } from './audit.store.js';
import { FakeProjectionStore } from './projection.store.fake.js';

export function fakeStores(): AuditStores {
  const projections = new FakeProjectionStore();
  return {
    projections,
    tail: new FakeTailStore(projections),
    stats: new FakeStatsStore(projections),
    ...fakeListStores(projections),
  };
}

export function fakeListStores(projections: FakeProjectionStore): ListStores {
  return {
    eventLog: new FakeEventLogStore(projections),
    deliveries: new FakeDeliveryStore(projections),
    events: new FakeEventStore(projections),
    auditLog: new FakeAuditLogStore(projections),
    activityLog: new FakeActivityLogStore(projections),
    recoveries: new FakeRecoveryStore(new FakeRecoveries(projections)),
  };
}
