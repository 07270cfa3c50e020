import type { DataSource, MigrationInterface } from 'typeorm';
import { createDatabaseSchema, type DatabaseSchema } from './database-schema.js';

export interface MigratedDatabase extends DatabaseSchema {
  dataSource: DataSource;
}

/** A schema of the suite's own with its tables, and a data source whose statements find them; call `drop` in `afterAll`. */
export async function createMigratedDatabase(
  name: string,
  migrations: readonly (new () => MigrationInterface)[],
): Promise<MigratedDatabase> {
  // Unit suites load this library, too, and should not pay for TypeORM.
  const { DataSource } = await import('typeorm');
  const { url, schema, drop } = await createDatabaseSchema(name);
  const extra = { options: `-c search_path=${schema}` };
  const dataSource = new DataSource({ type: 'postgres', url, schema, extra, migrations: [...migrations] });
  await dataSource.initialize();
  await dataSource.runMigrations();
  return {
    url,
    schema,
    dataSource,
    drop: async () => {
      await dataSource.destroy();
      await drop();
    },
  };
}
