import type { DataSource } from 'typeorm';
import { TypeormAuditLogStore } from '../audit-log/audit-log.store.typeorm.js';
import { TypeormDeliveryStore } from '../deliveries/delivery.store.typeorm.js';
import { TypeormEventLogStore } from '../event-log/event-log.store.typeorm.js';
import { TypeormEventStore } from '../events/event.store.typeorm.js';
import type { AuditStores } from './audit.store.js';
import { TypeormProjectionStore } from './projection.store.typeorm.js';

export function typeormStores(dataSource: DataSource): AuditStores {
  return {
    projections: new TypeormProjectionStore(dataSource),
    eventLog: new TypeormEventLogStore(dataSource),
    deliveries: new TypeormDeliveryStore(dataSource),
    events: new TypeormEventStore(dataSource),
    auditLog: new TypeormAuditLogStore(dataSource),
  };
}
