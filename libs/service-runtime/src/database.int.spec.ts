import { type FaultProxy, startFaultProxy, testDatabaseUrl } from '@hookstile/testing';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDataSource } from './database.js';
import { problemOf } from './problems/problem-of.js';
import { thingsService } from './things-service.fake.js';

const STATEMENT_TIMEOUT_MS = 300;
const CONNECT_TIMEOUT_MS = 400;

let proxy: FaultProxy;
let pool: DataSource;

beforeEach(async () => {
  const url = new URL(testDatabaseUrl());
  proxy = await startFaultProxy({ target: { host: url.hostname, port: Number(url.port) } });
  url.port = String(proxy.port);
  const env = { ...new thingsService.env(), DATABASE_URL: url.href };
  pool = createDataSource(thingsService, env, pino({ level: 'silent' }), {
    connectionsMax: 1,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  await pool.initialize();
});

afterEach(async () => {
  await pool.destroy();
  await proxy.close();
});

const failureOf = (statement: string) => pool.query(statement).catch((error: unknown) => error);

it('a query whose server vanished fails in time, as do those after it, and nobody gets its connection again', async () => {
  const [{ pid }] = await pool.query('SELECT pg_backend_pid() AS pid');
  proxy.set({ blackhole: true });
  const startedMs = performance.now();
  const failures = [await failureOf('SELECT 1'), await failureOf('SELECT 2')];
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  for (const failure of failures) expect(problemOf(failure)).toMatchObject({ code: 'unavailable' });
  proxy.heal();
  const [next] = await pool.query('SELECT pg_backend_pid() AS pid');
  expect(next.pid).not.toBe(pid);
});

it('a statement that takes too long is ended by the server, and its connection goes on', async () => {
  const [{ pid }] = await pool.query('SELECT pg_backend_pid() AS pid');
  expect(problemOf(await failureOf('SELECT pg_sleep(20)'))).toMatchObject({ code: 'unavailable' });
  expect(await pool.query('SELECT pg_backend_pid() AS pid')).toEqual([{ pid }]);
});

it('a session asks a silent peer whether it is there, so that the locks of one that vanished end', async () => {
  expect(await pool.query('SHOW tcp_keepalives_idle')).toEqual([{ tcp_keepalives_idle: '10' }]);
});
