import { connectMessaging, type Messaging } from '@hookstile/messaging';
import type { DataSource } from 'typeorm';
import { CONNECT_TIMEOUT_MS, MIGRATION_BOUNDS, type PoolBounds, STATEMENT_TIMEOUT_MS } from './database.bounds.js';
import { createDataSource, migrateDatabase, schemaOf } from './database.js';
import type { BaseEnv } from './env/base.env.js';
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

/** The service's pool, connected. */
export function connectDatabase<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  env: E,
  logger: Logger,
  teardown: Teardown,
): Promise<DataSource> {
  const bounds: PoolBounds = {
    connectionsMax: env.DATABASE_POOL_MAX,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: definition.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
  };
  return connectPool(createDataSource(definition, env, logger, bounds), 'database', teardown);
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
    pools.set(name, await connectPool(dataSource, `pool ${name}`, teardown));
  }
  return pools;
}

async function connectPool(dataSource: DataSource, name: string, teardown: Teardown): Promise<DataSource> {
  await connected(dataSource);
  teardown.add(name, () => dataSource.destroy());
  return dataSource;
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
  const messaging = await connectMessaging({ brokers: env.KAFKA_BROKERS, clientId, logger }).catch((error: unknown) => {
    throw new DependencyError(`Kafka (KAFKA_BROKERS) does not answer: ${reasonOf(error)}`, { cause: error });
  });
  teardown.add('messaging', () => messaging.close());
  return messaging;
}
