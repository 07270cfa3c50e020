import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Messaging } from '@hookstile/messaging';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { systemClock, systemRandomBytes } from './clock.js';
import { ConfigurationProjection } from './configuration/configuration-projection.js';
import { createDataSource, migrateDatabase, schemaOf } from './database.js';
import type { BaseEnv } from './env/base.env.js';
import { loadEnv } from './env/load-env.js';
import { registerHealthRoutes } from './http/health-routes.js';
import { createHttpServer } from './http/http-adapter.js';
import { createLogger, nestLogger } from './logger.js';
import { ReadinessChecks } from './readiness.js';
import { runtimeModule, topicsOf } from './runtime.module.js';
import { KeyRing } from './secrets/key-ring.js';
import type { RunningService, ServiceContext, ServiceDefinition, ServiceOverrides } from './service.js';
import { Teardown } from './teardown.js';

/** A key ring that ends with the process, for a start outside production without one. */
function keyRingOf(env: BaseEnv): KeyRing {
  if (env.HOOKSTILE_ENCRYPTION_KEYS !== '') return KeyRing.parse(env.HOOKSTILE_ENCRYPTION_KEYS);
  return KeyRing.parse(`volatile:${randomBytes(32).toString('base64')}`);
}

async function connectMessagingOf(definition: ServiceDefinition, env: BaseEnv): Promise<Messaging> {
  const library: Record<string, unknown> = await import('@hookstile/messaging');
  const connect = library.connectMessaging as (options: object) => Promise<Messaging>;
  return connect({ brokers: env.KAFKA_BROKERS, clientId: `hookstile-${definition.name}` });
}

function followsConfiguration(definition: ServiceDefinition): boolean {
  return definition.followsConfiguration ?? definition.name !== 'config';
}

async function startProjection(context: ServiceContext, readiness: ReadinessChecks, teardown: Teardown) {
  const { messaging, logger, env } = context;
  const projection = new ConfigurationProjection({ messaging, logger, topic: topicsOf(env)('configuration') });
  teardown.add('configuration', () => projection.stop());
  await projection.start();
  readiness.register('configuration', () => projection.checkHealth());
  return projection;
}

function urlOf(app: NestFastifyApplication): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/**
 * Starts a service: environment, database (migrated), messaging, configuration, module, HTTP server.
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
    return await boot(definition as ServiceDefinition, env, overrides, teardown, logger);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function boot(
  definition: ServiceDefinition,
  env: BaseEnv,
  overrides: ServiceOverrides,
  teardown: Teardown,
  logger: ServiceContext['logger'],
): Promise<RunningService> {
  const keyRing = keyRingOf(env);
  const dataSource = createDataSource(definition, env);
  await dataSource.initialize();
  teardown.add('database', () => dataSource.destroy());
  await migrateDatabase(dataSource, schemaOf(definition, env));

  const messaging = overrides.messaging ?? (await connectMessagingOf(definition, env));
  if (!overrides.messaging) teardown.add('messaging', () => messaging.close());

  const clock = overrides.clock ?? systemClock;
  const context: ServiceContext = {
    env,
    messaging,
    clock,
    randomBytes: overrides.randomBytes ?? systemRandomBytes,
    logger,
    dataSource,
  };
  const readiness = new ReadinessChecks();
  readiness.register('postgres', async () => void (await dataSource.query('SELECT 1')));
  readiness.register('kafka', () => messaging.ping());
  const projection = followsConfiguration(definition) ? await startProjection(context, readiness, teardown) : null;

  const { adapter, filter } = createHttpServer(definition, logger);
  registerHealthRoutes(adapter.getInstance<FastifyInstance>(), readiness);
  const module = runtimeModule({ context, keyRing, readiness, projection }, [definition.module(context)]);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  teardown.add('application', () => app.close());
  app.useGlobalFilters(filter);
  for (const strategy of definition.strategies?.(app) ?? [])
    app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(env.PORT, env.HOST);
  teardown.add('readiness', () => readiness.stop());
  const url = urlOf(app);
  logger.info({ url }, 'started');
  return { name: definition.name, url, app, stop: () => teardown.run() };
}
