import kafkajs, { type Admin } from 'kafkajs';
import type { MessagingLogger } from '../port/messaging-logger.js';

const SETTING = 'compression.type';
const AS_SENT = 'producer';
const ADVICE =
  'the broker packs batches of these topics anew, for which it unpacks them into its heap first; set compression.type=producer';

/**
 * Says which topics the broker packs anew, by their own setting or by the broker's: those that were made by hand. Only
 * a hint: who may not describe topics is told nothing.
 */
export async function tellRepackedTopics(
  admin: Admin,
  names: readonly string[],
  logger: MessagingLogger,
): Promise<void> {
  if (names.length === 0) return;
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type, name, configNames: [SETTING] })),
    });
    const repacked = resources.flatMap(({ resourceName, configEntries }) => {
      const value = configEntries.find(({ configName }) => configName === SETTING)?.configValue ?? AS_SENT;
      return value === AS_SENT ? [] : [`${resourceName}: ${value}`];
    });
    if (repacked.length > 0) logger.warn({ alarm: 'topics_repacked', topics: repacked }, ADVICE);
  } catch (error) {
    logger.info({ err: error }, 'the settings of topics cannot be looked at');
  }
}
