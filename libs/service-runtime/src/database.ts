import { DataSource } from 'typeorm';
import type { BaseEnv } from './env/base.env.js';
import type { ServiceDefinition } from './service.js';

const CONNECT_TIMEOUT_MS = 5_000;
const MIGRATIONS_TABLE = 'migrations';
/** Any fixed number: what all starts of all services queue behind while they migrate. */
const MIGRATION_LOCK_ID = 4_816_122_903;

export function schemaOf<E extends BaseEnv>(definition: ServiceDefinition<E>, env: E): string {
  return env.DATABASE_SCHEMA === '' ? definition.schema : env.DATABASE_SCHEMA;
}

/** The service's pool, not yet connected. Unqualified names are the service's own schema's. */
export function createDataSource<E extends BaseEnv>(definition: ServiceDefinition<E>, env: E): DataSource {
  const schema = schemaOf(definition, env);
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
    poolSize: env.DATABASE_POOL_MAX,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { options: `-c search_path=${schema}` },
    logging: false,
  });
}

/**
 * Creates the schema and runs what migrations are pending. An advisory lock lets one start do it while the others wait:
 * two that ran at once would both try to create the same tables.
 */
export async function migrateDatabase(dataSource: DataSource, schema: string): Promise<void> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_ID]);
    await lock.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK_ID]).catch(() => undefined);
    await lock.release();
  }
}
