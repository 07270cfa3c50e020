import type { Logger } from 'pino';
import { DataSource, type QueryRunner } from 'typeorm';
import { BoundedClient } from './bounded-client.js';
import {
  CLIENT_GRACE_MS,
  IDLE_IN_TRANSACTION_TIMEOUT_MS,
  KEEPALIVE_COUNT,
  KEEPALIVE_IDLE_SECONDS,
  KEEPALIVE_INTERVAL_SECONDS,
  MIGRATION_LOCK_TIMEOUT_MS,
  type PoolBounds,
} from './database.bounds.js';
import type { BaseEnv } from './env/base.env.js';
import { reasonOf } from './mask.js';
import type { ServiceDefinition } from './service.js';

const MIGRATIONS_TABLE = 'migrations';
/** Any fixed number: with the schema's hash, what parallel starts of one service queue behind while they migrate. */
const MIGRATION_LOCK_CLASS = 48_161;

export function schemaOf<E extends BaseEnv>(definition: ServiceDefinition<E>, env: E): string {
  return env.DATABASE_SCHEMA === '' ? definition.schema : env.DATABASE_SCHEMA;
}

/**
 * What a session is told at its begin. The keepalive is the server's own: the session of a peer that vanished ends with
 * its locks, also where it never writes.
 */
function sessionOptions(schema: string): string {
  const settings = {
    search_path: schema,
    tcp_keepalives_idle: KEEPALIVE_IDLE_SECONDS,
    tcp_keepalives_interval: KEEPALIVE_INTERVAL_SECONDS,
    tcp_keepalives_count: KEEPALIVE_COUNT,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** A pool of the service, not yet connected. Unqualified names are the service's own schema's. */
export function createDataSource<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  env: E,
  logger: Logger,
  bounds: PoolBounds,
): DataSource {
  const schema = schemaOf(definition, env);
  const { connectionsMax, connectTimeoutMs, statementTimeoutMs } = bounds;
  return new DataSource({
    type: 'postgres',
    url: env.DATABASE_URL,
    schema,
    synchronize: false,
    migrationsRun: false,
    migrations: [...definition.migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    entities: [...(definition.entities ?? [])],
    applicationName: `hookstile-${definition.name}`,
    poolSize: connectionsMax,
    connectTimeoutMS: connectTimeoutMs,
    extra: {
      Client: BoundedClient,
      options: sessionOptions(schema),
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      answerTimeoutMs: statementTimeoutMs + CLIENT_GRACE_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_IDLE_SECONDS * 1_000,
    },
    poolErrorHandler: (error: unknown) => logger.warn({ reason: reasonOf(error) }, 'a database connection broke'),
    logging: false,
  });
}

async function withMigrationLock(runner: QueryRunner, schema: string, work: () => Promise<void>): Promise<void> {
  await runner.query('SELECT set_config($1, $2, false)', ['lock_timeout', String(MIGRATION_LOCK_TIMEOUT_MS)]);
  await runner.query('SELECT pg_advisory_lock($1, hashtext($2))', [MIGRATION_LOCK_CLASS, schema]);
  try {
    await work();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', [MIGRATION_LOCK_CLASS, schema]);
    await runner.query('RESET lock_timeout');
  }
}

/**
 * Creates the schema and runs what migrations are pending. An advisory lock lets one start do it while the others wait:
 * two that ran at once would both try to create the same tables.
 */
export async function migrateDatabase(dataSource: DataSource, schema: string): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await withMigrationLock(runner, schema, async () => {
      await runner.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
      await dataSource.runMigrations({ transaction: 'each' });
    });
  } finally {
    await runner.release();
  }
}
