import type { ActivityLogStore } from '../activity-log/activity-log.store.js';
import type { AuditLogStore } from '../audit-log/audit-log.store.js';
import type { DeliveryStore } from '../deliveries/delivery.store.js';
import type { EventLogStore } from '../event-log/event-log.store.js';
import type { EventStore } from '../events/event.store.js';
import type { RecoveryListStore } from '../recover/recovery.store.js';

/** What lists are read from. */
export interface ListStores {
  eventLog: EventLogStore;
  deliveries: DeliveryStore;
  events: EventStore;
  auditLog: AuditLogStore;
  activityLog: ActivityLogStore;
  recoveries: RecoveryListStore;
}

/** The lists as they were at one moment, however long they are read. */
export interface Snapshot {
  readonly stores: ListStores;
  /** Also ends what is being read of it, which rejects. Never rejects itself; further calls get the first's promise. */
  end(): Promise<void>;
}

export interface SnapshotStore {
  open(): Promise<Snapshot>;
}
