import type { ActivityLogStore } from '../activity-log/activity-log.store.js';
import type { AuditLogStore } from '../audit-log/audit-log.store.js';
import type { DeliveryStore } from '../deliveries/delivery.store.js';
import type { EventLogStore } from '../event-log/event-log.store.js';
import type { EventStore } from '../events/event.store.js';
import type { TailStore } from '../tail/tail.store.js';
import type { ProjectionStore } from './projection.store.js';

/** What the projections write to and the views read from. */
export interface AuditStores {
  projections: ProjectionStore;
  eventLog: EventLogStore;
  tail: TailStore;
  deliveries: DeliveryStore;
  events: EventStore;
  auditLog: AuditLogStore;
  activityLog: ActivityLogStore;
}
