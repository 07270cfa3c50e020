import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { testBrokers, until } from '@hookstile/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_KEY, ConfigUnderTest, ENCRYPTION_KEYS, instanceOf, PARTITIONS } from '../config-under-test.js';

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;
const START_MAX_MS = 30_000;
const request = {
  tenant: 'ten_1',
  body: { name: 'made once', url: 'https://example.com/hook' },
  headers: { 'idempotency-key': 'of a caller that heard nothing' },
};

let config: ConfigUnderTest;
let database: pg.Client;
let child: ChildProcess | undefined;

beforeAll(async () => {
  config = await ConfigUnderTest.create();
  const first = await config.start();
  await instanceOf(first)('POST', 'tenants', { body: { id: 'ten_1', name: 'Acme', plan: 'standard' } });
  await first.stop();
  database = new pg.Client({ connectionString: config.database.url });
  await database.connect();
});

afterAll(async () => {
  child?.kill('SIGKILL');
  await database?.end();
  await config?.destroy();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function startProcess(): Promise<string> {
  const port = await freePort();
  child = spawn(process.execPath, [MAIN], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HOST: '127.0.0.1',
      KAFKA_BROKERS: testBrokers().join(),
      DATABASE_URL: config.database.url,
      DATABASE_SCHEMA: config.database.schema,
      HOOKSTILE_TOPIC_PREFIX: config.prefix,
      HOOKSTILE_PARTITIONS: String(PARTITIONS),
      HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
      HOOKSTILE_ENCRYPTION_KEYS: ENCRYPTION_KEYS,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(answers, { timeoutMs: START_MAX_MS, what: 'the process to start' });
  return url;
}

const kept = async () => (await database.query(`SELECT id FROM "${config.database.schema}".idempotency_keys`)).rows;

it(
  'a process that is killed between the commit and the answer leaves both behind for the one that is asked again',
  async () => {
    // Who has this lock leads the outbox relay: what is committed now waits for its publication, and its caller with it.
    const lead = [`hookstile.outbox:${config.database.schema}`];
    await database.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', lead);
    // Before the kill: the consumer group waits for a killed member.
    const call = instanceOf(await config.start());
    const url = await startProcess();
    const unheard = instanceOf({ url })('POST', 'integrations', request).catch((error: unknown) => error);
    await until(async () => (await kept()).length === 1, { what: 'the commit' });
    child?.kill('SIGKILL');
    expect(await unheard).toBeInstanceOf(Error);
    await database.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', lead);

    const { status, headers, body } = await call('POST', 'integrations', request);
    expect([status, headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(body.signingSecret).toMatch(/^whsec_/);
    const { items } = (await call('GET', 'integrations', { tenant: 'ten_1' })).body;
    expect(items.map(({ id }: { id: string }) => id)).toEqual([body.id]);
    expect(await config.lastOf(body.id)).toMatchObject({ version: 1, state: 'enabled' });
  },
  2 * START_MAX_MS,
);
