export * from './event.store.fake.js';
export * from './event.store.js';
export * from './event.store.typeorm.js';
export * from './event-store.error.js';
export * from './event-store-tables.js';
export * from './outbox-relay.js';
