import { tcpGate, testDatabaseUrl, until } from '@hookstile/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from './migrate.js';
import { startService } from './start-service.js';
import { draining, thingsService } from './things-service.fake.js';
import { startThings, type Things, VIEWER_KEY } from './things-stack.fake.js';

let things: Things;
let database: DataSource;

beforeAll(async () => {
  things = await startThings();
  database = await new DataSource({ type: 'postgres', url: testDatabaseUrl(), poolSize: 2 }).initialize();
});

afterAll(async () => {
  await things.close();
  await database.destroy();
});

function tables(): Promise<{ table_name: string }[]> {
  const sql = 'SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1';
  return database.query(sql, [things.schema]);
}

describe('a started service', () => {
  it("has its schema, its tables and its migrations' table", async () => {
    expect(await tables()).toEqual([{ table_name: 'migrations' }, { table_name: 'things' }]);
  });

  it('migrates once when several starts do it at the same time', async () => {
    await database.query(`DROP SCHEMA "${things.schema}" CASCADE`);
    await Promise.all([1, 2, 3].map(() => migrate(thingsService, things.environment)));
    expect(await database.query(`SELECT name FROM "${things.schema}".migrations`)).toHaveLength(1);
  });

  it('is alive and ready, and names its dependencies', async () => {
    expect(await things.call('/livez', { key: null })).toMatchObject({ status: 200 });
    const ready = await things.call('/readyz', { key: null });
    expect(ready.status).toBe(200);
    expect(Object.keys(ready.json.dependencies).sort()).toEqual(['configuration', 'kafka', 'postgres']);
  });
});

describe('readiness', () => {
  it('is lost while Postgres cannot be reached, as are answers, without its password, and comes back', async () => {
    const gate = await tcpGate(testDatabaseUrl());
    const service = await startService(thingsService, { ...things.environment, DATABASE_URL: gate.url });
    const readyz = async () => {
      const response = await fetch(`${service.url}/readyz`);
      const { dependencies } = (await response.json()) as { dependencies: unknown };
      return { status: response.status, dependencies };
    };
    expect((await readyz()).status).toBe(200);
    gate.close();
    const up = { status: 'up' };
    expect(await readyz()).toEqual({
      status: 503,
      dependencies: { postgres: { status: 'down', detail: expect.any(String) }, kafka: up, configuration: up },
    });
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    const headers = { authorization: `Bearer ${VIEWER_KEY}` };
    const answer = await fetch(`${service.url}/v1/things`, { headers });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'unavailable' });
    gate.open();
    await until(async () => (await readyz()).status === 200);
    await service.stop();
    gate.close();
    await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
  });
});

describe('a stop', () => {
  it('drains unready, with HTTP, broker and database still there, then refuses connections', async () => {
    const service = await startService(thingsService, things.environment);
    const seen: unknown[] = [];
    draining.act = async (own) => {
      const ready = await fetch(`${service.url}/readyz`);
      const { status, dependencies } = (await ready.json()) as { status: string; dependencies: object };
      seen.push(ready.status, status, Object.values(dependencies), await own.query('SELECT 1 AS one'));
    };
    await Promise.all([service.stop(), service.stop()]);
    draining.act = async () => undefined;
    const up = { status: 'up' };
    expect(seen).toEqual([503, 'stopping', [up, up, up], [{ one: 1 }]]);
    await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
  });
});

describe('a start that cannot succeed', () => {
  const logger = pino({ level: 'silent' });

  it('says that Postgres does not answer, without the password', async () => {
    const away = { ...things.environment, DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x' };
    const failure = await startService(thingsService, away, { logger }).catch((error: unknown) => String(error));
    expect(failure).toContain('Postgres (DATABASE_URL) does not answer');
    expect(failure).not.toContain('hunter2');
  });

  it('says that the topics have another number of partitions than it is told', async () => {
    const other = { ...things.environment, HOOKSTILE_PARTITIONS: '2' };
    await expect(startService(thingsService, other, { logger })).rejects.toThrow(
      'has 1 partitions and 2 are configured',
    );
  });

  it('says that Kafka does not answer, and closes the database', async () => {
    const gate = await tcpGate(testDatabaseUrl());
    const away = { ...things.environment, DATABASE_URL: gate.url, KAFKA_BROKERS: '127.0.0.1:1' };
    await expect(startService(thingsService, away, { logger })).rejects.toThrow(
      'Kafka (KAFKA_BROKERS) does not answer',
    );
    await until(() => gate.connections() === 0);
    gate.close();
  });
});
