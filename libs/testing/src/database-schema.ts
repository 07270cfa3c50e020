import pg from 'pg';
import { givenByTheRunner } from './given-by-the-runner.js';
import { randomSuffix } from './random.js';

export interface DatabaseSchema {
  url: string;
  schema: string;
  /** Drops the schema with all that is in it. */
  drop(): Promise<void>;
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The Postgres that integration tests use: `DATABASE_URL`, which vitest's global setup gives. */
export function testDatabaseUrl(): string {
  return givenByTheRunner('DATABASE_URL');
}

/** Creates a schema of the suite's own; call `drop` in `afterAll`. */
export async function createDatabaseSchema(name = 'test', url = testDatabaseUrl()): Promise<DatabaseSchema> {
  const schema = `${name.replaceAll('-', '_')}_${randomSuffix()}`;
  await execute(url, `CREATE SCHEMA "${schema}"`);
  return { url, schema, drop: () => execute(url, `DROP SCHEMA IF EXISTS "${schema}" CASCADE`) };
}

/** Runs `use` with a schema that is dropped afterwards, also when it throws. */
export async function withDatabaseSchema<T>(use: (database: DatabaseSchema) => Promise<T>, name?: string): Promise<T> {
  const database = await createDatabaseSchema(name);
  try {
    return await use(database);
  } finally {
    await database.drop();
  }
}
