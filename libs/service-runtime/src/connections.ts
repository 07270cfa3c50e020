import { connectMessaging, type Messaging } from '@hookstile/messaging';
import type { DataSource } from 'typeorm';
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

/** The service's pool, connected, its schema migrated. */
export async function connectDatabase<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  env: E,
  logger: Logger,
  teardown: Teardown,
): Promise<DataSource> {
  const dataSource = createDataSource(definition, env, logger);
  await dataSource.initialize().catch((error: unknown) => {
    throw new DependencyError(`Postgres (DATABASE_URL) does not answer: ${reasonOf(error)}`, { cause: error });
  });
  teardown.add('database', () => dataSource.destroy());
  await migrateDatabase(dataSource, schemaOf(definition, env));
  return dataSource;
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
