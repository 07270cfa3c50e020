import { randomTopicPrefix, testBrokers } from '@hookstile/testing';
import { messagingConformance } from '../port/messaging.conformance.js';
import { connectMessaging } from './connect.js';
import { deleteWithPrefix } from './delete-with-prefix.js';

const topicPrefix = randomTopicPrefix('messaging');
const options = { brokers: testBrokers(), clientId: 'messaging-test' };

messagingConformance({
  connect: () => connectMessaging(options),
  topicPrefix,
  dispose: () => deleteWithPrefix(options.brokers, topicPrefix),
});
