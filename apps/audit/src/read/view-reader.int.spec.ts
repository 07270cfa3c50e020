import { problemOf } from '@hookstile/service-runtime';
import { testDatabaseUrl } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ViewReader } from './view-reader.js';

let dataSource: DataSource;

beforeAll(async () => {
  dataSource = await new DataSource({ type: 'postgres', url: testDatabaseUrl(), poolSize: 1 }).initialize();
});

afterAll(() => dataSource.destroy());

test('a read ends at its bound as unavailable, and its connection serves the next one without that bound', async () => {
  const reader = new ViewReader(dataSource, 50);
  const error = await reader.query('select pg_sleep(20)', []).catch((reason: unknown) => reason);
  expect(problemOf(error)).toMatchObject({ code: 'unavailable' });
  expect(await reader.query('select $1::integer as one', [1])).toEqual([{ one: 1 }]);
  expect(await dataSource.query('show statement_timeout')).toEqual([{ statement_timeout: '0' }]);
});
