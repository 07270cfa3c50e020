import { randomTopicPrefix, testBrokers } from '@hookstile/testing';
import { afterAll, expect, it } from 'vitest';
import { silentLogger } from '../port/messaging-logger.js';
import { topicDefinitions } from '../topics/topic-definitions.js';
import { connectMessaging } from './connect.js';
import { deleteWithPrefix } from './delete-with-prefix.js';

const prefix = randomTopicPrefix('repacked');

afterAll(() => deleteWithPrefix(testBrokers(), prefix));

it('tells of a topic that the broker packs anew, and not of those that were made as they should be', async () => {
  const warnings: object[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) };
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'repacked', logger });
  try {
    const definitions = topicDefinitions(prefix, 1);
    const events = definitions.find(({ name }) => name.endsWith('events'));
    const byHand = { name: `${events?.name}`, partitions: 1, settings: { 'compression.type': 'lz4' } };
    await messaging.createTopics([byHand], 1);
    await messaging.createTopics(definitions, 1);
    await messaging.refuseOtherCounts(definitions);
    expect(warnings).toEqual([{ alarm: 'topics_repacked', topics: [`${byHand.name}: lz4`] }]);
  } finally {
    await messaging.close();
  }
});
