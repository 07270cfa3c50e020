export { FakeMessaging, type FakeMessagingOptions } from './fake/messaging.fake.js';
export { type ConnectOptions, connectMessaging } from './kafkajs/connect.js';
export * from './port/kafka-security.js';
export * from './port/messaging.error.js';
export * from './port/messaging.js';
export * from './port/messaging-logger.js';
export * from './port/records.js';
export { RECORD_MAX_BYTES } from './publisher/publisher.bounds.js';
export { type TopicDefinitionOptions, topicDefinitions } from './topics/topic-definitions.js';
