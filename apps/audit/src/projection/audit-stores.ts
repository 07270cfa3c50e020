import type { DataSource } from 'typeorm';
import { FakeAuditLogStore } from '../audit-log/audit-log.store.fake.js';
import type { AuditLogStore } from '../audit-log/audit-log.store.js';
import { TypeormAuditLogStore } from '../audit-log/audit-log.store.typeorm.js';
import { FakeDeliveryStore } from '../deliveries/delivery.store.fake.js';
import type { DeliveryStore } from '../deliveries/delivery.store.js';
import { TypeormDeliveryStore } from '../deliveries/delivery.store.typeorm.js';
import { FakeEventLogStore } from '../event-log/event-log.store.fake.js';
import type { EventLogStore } from '../event-log/event-log.store.js';
import { TypeormEventLogStore } from '../event-log/event-log.store.typeorm.js';
import { FakeEventStore } from '../events/event.store.fake.js';
import type { EventStore } from '../events/event.store.js';
import { TypeormEventStore } from '../events/event.store.typeorm.js';
import { FakeProjectionStore } from './projection.store.fake.js';
import type { ProjectionStore } from './projection.store.js';
import { TypeormProjectionStore } from './projection.store.typeorm.js';

/** What the projections write to and the views read from. */
export interface AuditStores {
  projections: ProjectionStore;
  eventLog: EventLogStore;
  deliveries: DeliveryStore;
  events: EventStore;
  auditLog: AuditLogStore;
}

export function fakeStores(): AuditStores {
  const projections = new FakeProjectionStore();
  return {
    projections,
    eventLog: new FakeEventLogStore(projections),
    deliveries: new FakeDeliveryStore(projections),
    events: new FakeEventStore(projections),
    auditLog: new FakeAuditLogStore(projections),
  };
}

export function typeormStores(dataSource: DataSource): AuditStores {
  return {
    projections: new TypeormProjectionStore(dataSource),
    eventLog: new TypeormEventLogStore(dataSource),
    deliveries: new TypeormDeliveryStore(dataSource),
    events: new TypeormEventStore(dataSource),
    auditLog: new TypeormAuditLogStore(dataSource),
  };
}
