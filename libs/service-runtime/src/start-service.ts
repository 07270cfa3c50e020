import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { topicDefinitions } from '@hookstile/messaging';
import { startApplication, urlOf } from './application.js';
import { systemClock, systemRandomBytes } from './clock.js';
import { ConfigurationProjection } from './configuration/configuration-projection.js';
import { connectKafka, connectPools, databaseOf } from './connections.js';
import type { BaseEnv } from './env/base.env.js';
import { loadEnv } from './env/load-env.js';
import { createLogger, type Logger } from './logger.js';
import { ReadinessChecks } from './readiness.js';
import { topicsOf } from './runtime.module.js';
import { KeyRing } from './secrets/key-ring.js';
import type {
  DatabaseOpening,
  RunningService,
  ServiceContext,
  ServiceDefinition,
  ServiceOverrides,
} from './service.js';
import { Teardown } from './teardown.js';

const VOLATILE_KEY_BYTES = 32;

/** Outside production a start without a key ring gets one that ends with the process. */
function keyRingOf(env: BaseEnv, logger: Logger): KeyRing {
  if (env.HOOKSTILE_ENCRYPTION_KEYS !== '') return KeyRing.parse(env.HOOKSTILE_ENCRYPTION_KEYS);
  logger.warn('HOOKSTILE_ENCRYPTION_KEYS is not set: secrets stored now cannot be opened after a restart');
  return KeyRing.parse(`volatile:${randomBytes(VOLATILE_KEY_BYTES).toString('base64')}`);
}

async function contextOf(
  definition: ServiceDefinition,
  env: BaseEnv,
  overrides: ServiceOverrides,
  logger: Logger,
  teardown: Teardown,
): Promise<ServiceContext> {
  const { dataSource, open } = databaseOf(definition, env, logger, teardown);
  if (openingOf(definition, env) === 'first') await open();
  const pools = await connectPools(definition, env, logger, teardown);
  const messaging = overrides.messaging ?? (await connectKafka(definition, env, logger, teardown));
  // With another count a key's records would go to another partition than those before them.
  await messaging.refuseOtherCounts(topicDefinitions(env.HOOKSTILE_TOPIC_PREFIX, env.HOOKSTILE_PARTITIONS));
  return {
    env,
    messaging,
    clock: overrides.clock ?? systemClock,
    randomBytes: overrides.randomBytes ?? systemRandomBytes,
    logger,
    dataSource,
    pools,
    openDatabase: open,
  };
}

function openingOf(definition: ServiceDefinition, env: BaseEnv): DatabaseOpening {
  return definition.databaseOpening?.(env) ?? 'first';
}

function readinessOf(definition: ServiceDefinition, { env, dataSource, messaging }: ServiceContext): ReadinessChecks {
  const readiness = new ReadinessChecks(undefined, new Set(definition.readyWithout?.(env)));
  if (openingOf(definition, env) !== 'never') {
    readiness.register('postgres', async () => {
      if (!dataSource.isInitialized) throw new Error('not connected yet');
      await dataSource.query('SELECT 1');
    });
  }
  readiness.register('kafka', () => messaging.ping());
  return readiness;
}

async function startProjection(
  context: ServiceContext,
  readiness: ReadinessChecks,
  teardown: Teardown,
): Promise<ConfigurationProjection> {
  const { messaging, logger, env } = context;
  const projection = new ConfigurationProjection({ messaging, logger, topic: topicsOf(env)('configuration') });
  teardown.add('configuration', () => projection.stop());
  await projection.start();
  readiness.register('configuration', () => projection.checkHealth());
  return projection;
}

async function boot(
  definition: ServiceDefinition,
  env: BaseEnv,
  overrides: ServiceOverrides,
  logger: Logger,
  teardown: Teardown,
): Promise<RunningService> {
  const keyRing = keyRingOf(env, logger);
  const context = await contextOf(definition, env, overrides, logger, teardown);
  const readiness = readinessOf(definition, context);
  const follows = definition.followsConfiguration ?? definition.name !== 'config';
  const projection = follows ? await startProjection(context, readiness, teardown) : null;
  const app = await startApplication(definition, { context, keyRing, readiness, projection }, teardown);
  teardown.add('readiness', () => readiness.stop());
  const url = urlOf(app);
  logger.info({ url }, 'started');
  return { name: definition.name, url, app, stop: () => teardown.run() };
}

/**
 * Starts a service: environment, database (migrated), messaging, configuration, module, HTTP server. Stopping it goes
 * the other way: unready, providers drain (`beforeApplicationShutdown`), HTTP, messaging, database.
 * Rejects with what is missing, after closing what was open. `overrides` are not closed here.
 */
export async function startService<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  environment: NodeJS.ProcessEnv = process.env,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  const env = loadEnv(definition.env, definition.name, environment);
  const logger = overrides.logger ?? createLogger({ service: definition.name, level: env.LOG_LEVEL });
  const teardown = new Teardown(logger);
  try {
    return await boot(definition as ServiceDefinition, env, overrides, logger, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}
