export { type ConnectOptions, connectMessaging } from './kafkajs/connect.js';
export * from './port/messaging.error.js';
export * from './port/messaging.js';
export * from './port/messaging-logger.js';
export * from './port/records.js';
