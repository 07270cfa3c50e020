import { randomTopicPrefix, testBrokers } from '@hookstile/testing';
import { messagingConformance } from '../port/messaging.conformance.js';
import { createClient } from './client.js';
import { connectMessaging } from './connect.js';
import { deleteTopics } from './topics.js';

const options = { brokers: testBrokers(), clientId: 'messaging-test' };

messagingConformance({
  connect: () => connectMessaging(options),
  topicPrefix: randomTopicPrefix('messaging'),
  dispose: (topics) => deleteTopics(createClient(options), topics),
});
