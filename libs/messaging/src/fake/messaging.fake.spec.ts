import { messagingConformance } from '../port/messaging.conformance.js';
import { FakeMessaging } from './messaging.fake.js';

const messaging = new FakeMessaging();

messagingConformance({ connect: async () => messaging, topicPrefix: 'fake.', dispose: async () => {} });
