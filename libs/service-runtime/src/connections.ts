import { connectMessaging, type Messaging } from '@hookstile/messaging';
import type { DataSource } from 'typeorm';
import { CONNECT_TIMEOUT_MS, MIGRATION_BOUNDS, type PoolBounds, STATEMENT_TIMEOUT_MS } from './database.bounds.js';
import { createDataSource, migrateDatabase, schemaOf } from './database.js';
import type { BaseEnv } from './env/base.env.js';
import { kafkaOptions } from './kafka-options.js';
import type { Logger } from './logger.js';
import { reasonOf } from './mask.js';
import type { ServiceDefinition } from './service.js';
import type { Teardown } from './teardown.js';

/** A dependency did not answer at the start; the message has no credentials. */
export class DependencyError extends Error {
  readonly code = 'dependency_unavailable';
  readonly retryable = true;
}

/** Creates the service's schema where it is missing and runs its pending migrations. */
export async function migrateSchema<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  env: E,
  logger: Logger,
): Promise<void> {
  const dataSource = createDataSource(definition, env, logger, MIGRATION_BOUNDS);
  await connected(dataSource);
  try {
    await migrateDatabase(dataSource, schemaOf(definition, env));
  } finally {
    await dataSource.destroy();
  }
}

/** A pool of the service's for a program beside it; nothing is migrated. */
export async function openDatabase<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  env: E,
  logger: Logger,
): Promise<DataSource> {
  const dataSource = createDataSource(definition, env, logger, {
    connectionsMax: env.DATABASE_POOL_MAX,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: definition.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
  });
  await connected(dataSource);
  return dataSource;
}

export interface Database {
  dataSource: DataSource;
  /** Migrates the schema and connects. A call after one that failed tries again; else all get the same promise. */
  open(): Promise<void>;
}

/** The service's pool, not yet connected. */
export function databaseOf<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  env: E,
  logger: Logger,
  teardown: Teardown,
): Database {
  const bounds: PoolBounds = {
    connectionsMax: env.DATABASE_POOL_MAX,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: definition.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
  };
  const dataSource = createDataSource(definition, env, logger, bounds);
  teardown.add('database', () => (dataSource.isInitialized ? dataSource.destroy() : undefined));
  const migrateAndConnect = async (): Promise<void> => {
    await migrateSchema(definition, env, logger);
    await connected(dataSource);
  };
  let opening: Promise<void> | null = null;
  const open = (): Promise<void> => {
    opening ??= migrateAndConnect().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  return { dataSource, open };
}

/** Pools that a service has beside its own, by name. */
export async function connectPools<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  env: E,
  logger: Logger,
  teardown: Teardown,
): Promise<ReadonlyMap<string, DataSource>> {
  const pools = new Map<string, DataSource>();
  for (const [name, bounds] of Object.entries(definition.pools ?? {})) {
    const dataSource = createDataSource(definition, env, logger, bounds);
    await connected(dataSource);
    teardown.add(`pool ${name}`, () => dataSource.destroy());
    pools.set(name, dataSource);
  }
  return pools;
}

async function connected(dataSource: DataSource): Promise<void> {
  await dataSource.initialize().catch((error: unknown) => {
    throw new DependencyError(`Postgres (DATABASE_URL) does not answer: ${reasonOf(error)}`, { cause: error });
  });
}

export async function connectKafka(
  definition: Pick<ServiceDefinition, 'name'>,
  env: BaseEnv,
  logger: Logger,
  teardown: Teardown,
): Promise<Messaging> {
  const clientId = `hookstile-${definition.name}`;
  const messaging = await connectMessaging({ ...kafkaOptions(env), clientId, logger }).catch((error: unknown) => {
    throw new DependencyError(`Kafka (KAFKA_BROKERS) does not answer: ${reasonOf(error)}`, { cause: error });
  });
  teardown.add('messaging', () => messaging.close());
  return messaging;
}
