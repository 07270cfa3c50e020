import type { DataSource } from 'typeorm';
import { TypeormActivityLogStore } from '../activity-log/activity-log.store.typeorm.js';
import { TypeormAuditLogStore } from '../audit-log/audit-log.store.typeorm.js';
import { TypeormDeliveryStore } from '../deliveries/delivery.store.typeorm.js';
import { TypeormEventLogStore } from '../event-log/event-log.store.typeorm.js';
import { TypeormEventStore } from '../events/event.store.typeorm.js';
import type { ListStores } from '../export/snapshot.store.js';
import { ViewReader } from '../read/view-reader.js';
import { recoveryListOf } from '../recover/recovery-list.js';
import { TypeormStatsStore } from '../stats/stats.store.typeorm.js';
import { TypeormTailStore } from '../tail/tail.store.typeorm.js';
import type { AuditStores } from './audit.store.js';
import { TypeormProjectionStore } from './projection.store.typeorm.js';

export function typeormListStores(views: ViewReader): ListStores {
  return {
    eventLog: new TypeormEventLogStore(views),
    deliveries: new TypeormDeliveryStore(views),
    events: new TypeormEventStore(views),
    auditLog: new TypeormAuditLogStore(views),
    activityLog: new TypeormActivityLogStore(views),
    recoveries: recoveryListOf(views),
  };
}

/** Rows are written and views read through pools that do not wait for each other. */
export function typeormStores(dataSource: DataSource, reads: DataSource, tail: DataSource): AuditStores {
  const views = new ViewReader(reads);
  return {
    projections: new TypeormProjectionStore(dataSource),
    tail: new TypeormTailStore(new ViewReader(tail)),
    stats: new TypeormStatsStore(views, reads),
    ...typeormListStores(views),
  };
}
