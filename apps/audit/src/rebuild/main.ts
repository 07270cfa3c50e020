import 'reflect-metadata';
import { connectMessaging, topicDefinitions } from '@hookstile/messaging';
import {
  createLogger,
  kafkaOptions,
  loadEnv,
  openDatabase,
  PayloadMask,
  reasonOf,
  systemClock,
} from '@hookstile/service-runtime';
import { auditService, keptDaysOf } from '../audit.module.js';
import { rebuild } from './rebuild.js';
import { exitCodeOf, rebuildReport } from './rebuild-report.js';

const FAILED = 2;

async function main(isRepair: boolean): Promise<number> {
  const env = loadEnv(auditService.env, auditService.name, process.env);
  const logger = createLogger({ service: 'audit-rebuild', level: 'error' });
  const clientId = 'hookstile-audit-rebuild';
  const messaging = await connectMessaging({ ...kafkaOptions(env), clientId, logger });
  try {
    await messaging.refuseOtherCounts(topicDefinitions(env.HOOKSTILE_TOPIC_PREFIX, env.HOOKSTILE_PARTITIONS));
    const beganMs = systemClock.monotonicMs();
    const rebuilt = await rebuild({
      databaseUrl: env.DATABASE_URL,
      schema: env.DATABASE_SCHEMA || auditService.schema,
      openShadow: (schema) => openDatabase(auditService, Object.assign(env, { DATABASE_SCHEMA: schema }), logger),
      messaging,
      prefix: env.HOOKSTILE_TOPIC_PREFIX,
      partitionCount: env.HOOKSTILE_PARTITIONS,
      keptDays: keptDaysOf(env),
      mask: new PayloadMask(env.HOOKSTILE_MASKED_NAMES),
      clock: systemClock,
      repair: isRepair,
    });
    process.stdout.write(rebuildReport(rebuilt, systemClock.monotonicMs() - beganMs, isRepair));
    return exitCodeOf(rebuilt);
  } finally {
    await messaging.close();
  }
}

process.exitCode = await main(process.argv.includes('--repair')).catch((error: unknown) => {
  process.stderr.write(`the rebuild of audit failed: ${reasonOf(error)}\n`);
  return FAILED;
});
