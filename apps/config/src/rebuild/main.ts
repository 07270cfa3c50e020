import 'reflect-metadata';
import { topicName } from '@hookstile/contracts';
import { connectMessaging, topicDefinitions } from '@hookstile/messaging';
import { createLogger, kafkaOptions, loadEnv, openDatabase, reasonOf, systemClock } from '@hookstile/service-runtime';
import { configService } from '../config.module.js';
import { Relay } from '../publishes/relay.js';
import { rebuild } from './rebuild.js';
import { exitCodeOf, rebuildReport } from './rebuild-report.js';

const FAILED = 2;

async function main(isRepair: boolean): Promise<number> {
  const env = loadEnv(configService.env, configService.name, process.env);
  const logger = createLogger({ service: 'config-rebuild', level: 'error' });
  const schema = env.DATABASE_SCHEMA || configService.schema;
  const topics = (name: Parameters<typeof topicName>[1]) => topicName(env.HOOKSTILE_TOPIC_PREFIX, name);
  const messaging = await connectMessaging({
    ...kafkaOptions(env),
    clientId: 'hookstile-config-rebuild',
    logger,
  });
  const dataSource = await openDatabase(configService, env, logger);
  try {
    await messaging.refuseOtherCounts(topicDefinitions(env.HOOKSTILE_TOPIC_PREFIX, env.HOOKSTILE_PARTITIONS));
    const beganMs = systemClock.monotonicMs();
    const rebuilt = await rebuild({
      dataSource,
      databaseUrl: env.DATABASE_URL,
      schema,
      messaging,
      topic: topics('configuration'),
      partitionCount: env.HOOKSTILE_PARTITIONS,
      clock: systemClock,
      relay: isRepair ? new Relay({ env, clock: systemClock, logger, messaging }, schema, topics) : null,
    });
    process.stdout.write(rebuildReport(rebuilt, systemClock.monotonicMs() - beganMs, isRepair));
    return exitCodeOf(rebuilt);
  } finally {
    await dataSource.destroy();
    await messaging.close();
  }
}

process.exitCode = await main(process.argv.includes('--repair')).catch((error: unknown) => {
  process.stderr.write(`the rebuild of config failed: ${reasonOf(error)}\n`);
  return FAILED;
});
