import { createMigratedDatabase } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { configService } from '../config.module.js';
import { READ_MODEL_TABLES } from './read-model.store.typeorm.js';

/** Beside the read models: kept answers, and the keys that seal tenants' secrets. */
const OTHERS = ['idempotency_keys', 'tenant_keys'];

it('every table whose rows have a tenant is read through the tenant', async () => {
  const database = await createMigratedDatabase('config', configService.migrations);
  try {
    const found: { name: string }[] = await database.dataSource.query(
      `select table_name as name from information_schema.columns
       where table_schema = current_schema() and column_name = 'tenant_id' order by 1`,
    );
    expect(found.map(({ name }) => name)).toEqual([...Object.values(READ_MODEL_TABLES), ...OTHERS].sort());
  } finally {
    await database.drop();
  }
});
