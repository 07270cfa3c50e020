export * from './port/messaging.error.js';
export * from './port/messaging.js';
export * from './port/records.js';
