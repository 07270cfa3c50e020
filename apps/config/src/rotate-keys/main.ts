import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { outboxChannel, quoted, TypeormEventStore } from '@hookstile/event-store';
import { connectMessaging, topicDefinitions } from '@hookstile/messaging';
import {
  createLogger,
  KeyRing,
  kafkaOptions,
  type Logger,
  loadEnv,
  openDatabase,
  reasonOf,
  systemClock,
} from '@hookstile/service-runtime';
import { Changes } from '../changes/changes.js';
import type { ConfigEnv } from '../config.env.js';
import { configService } from '../config.module.js';
import { TypeormReadModelStore } from '../read-models/read-model.store.typeorm.js';
import { TypeormTenantKeyStore } from '../tenant-keys/tenant-key.store.typeorm.js';
import { TenantKeys } from '../tenant-keys/tenant-keys.js';
import { FirstBuildsSecrets } from './first-builds-secrets.js';
import { OutboxPublications } from './outbox-publications.js';
import { rotateKeys } from './rotate-keys.js';
import { exitCodeOf, rotationReport } from './rotation-report.js';

const FAILED = 2;

/** With another count the relay of the services would stand at records for partitions that do not exist. */
async function refuseOtherPartitions(env: ConfigEnv, logger: Logger): Promise<void> {
  const clientId = 'hookstile-config-rotate-keys';
  const messaging = await connectMessaging({ ...kafkaOptions(env), clientId, logger });
  try {
    await messaging.refuseOtherCounts(topicDefinitions(env.HOOKSTILE_TOPIC_PREFIX, env.HOOKSTILE_PARTITIONS));
  } finally {
    await messaging.close();
  }
}

async function main(): Promise<number> {
  const env = loadEnv(configService.env, configService.name, process.env);
  const ring = KeyRing.parse(env.HOOKSTILE_ENCRYPTION_KEYS);
  const logger = createLogger({ service: 'config-rotate-keys', level: 'error' });
  const schema = env.DATABASE_SCHEMA || configService.schema;
  await refuseOtherPartitions(env, logger);
  const dataSource = await openDatabase(configService, env, logger);
  try {
    const nowMs = () => systemClock.nowMs();
    const store = new TypeormTenantKeyStore(dataSource, schema);
    const publications = new OutboxPublications({
      monotonicMs: () => systemClock.monotonicMs(),
      sleep,
      hint: () => dataSource.query('SELECT pg_notify($1, $2)', [outboxChannel(schema), '']),
      unpublished: async (ids) => {
        const [row]: { count: string }[] = await dataSource.query(
          `SELECT count(*) FROM ${quoted(schema)}.outbox WHERE id = ANY($1::bigint[]) AND published_at IS NULL`,
          [ids],
        );
        return Number(row?.count);
      },
    });
    const changes = new Changes(
      new TypeormEventStore(dataSource, schema),
      new TypeormReadModelStore(dataSource, schema),
      publications,
      env.HOOKSTILE_PARTITIONS,
      new TenantKeys(store, ring, nowMs),
    );
    const firstBuilds = new FirstBuildsSecrets(dataSource, schema);
    const rotated = await rotateKeys({ changes, tenantKeys: store, firstBuilds, ring, nowMs });
    process.stdout.write(rotationReport(rotated));
    return exitCodeOf(rotated);
  } finally {
    await dataSource.destroy();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`the rotation failed, and can be run again: ${reasonOf(error)}\n`);
  return FAILED;
});
