import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { type RunningService, startService } from '@hookstile/service-runtime';
import {
  type Receiver,
  randomSuffix,
  randomTopicPrefix,
  startReceiver,
  testBrokers,
  testDatabaseUrl,
} from '@hookstile/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVICES } from './all-in-one.module.js';
import { prepare } from './prepare-stack.js';

const ADMIN_KEY = `hk_${'0'.repeat(48)}`;
const PARTITIONS = 3;
/** Tables go into schemas with fixed names, so that this suite has a database of its own. */
const database = `all_in_one_${randomSuffix()}`;
const prefix = randomTopicPrefix('all-in-one');

let environment: NodeJS.ProcessEnv;
let receiver: Receiver;
const running: RunningService[] = [];

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testDatabaseUrl() });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

beforeAll(async () => {
  await administer(`CREATE DATABASE ${database}`);
  const url = new URL(testDatabaseUrl());
  url.pathname = database;
  environment = {
    KAFKA_BROKERS: testBrokers().join(','),
    DATABASE_URL: url.href,
    HOOKSTILE_TOPIC_PREFIX: prefix,
    HOOKSTILE_PARTITIONS: String(PARTITIONS),
    HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
    HOOKSTILE_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    HOOKSTILE_EGRESS_ALLOW: '127.0.0.0/8',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
    PORT: '0',
  };
  receiver = await startReceiver();
});

afterAll(async () => {
  for (const service of running.reverse()) await service.stop();
  await receiver.close();
  await deleteWithPrefix(testBrokers(), prefix);
  await administer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
});

test('prepares topics and tables, and does nothing the second time', async () => {
  await prepare(environment);
  await prepare(environment);
});

test('refuses another number of partitions than the topics have', async () => {
  await expect(prepare({ ...environment, HOOKSTILE_PARTITIONS: '4' })).rejects.toMatchObject({
    code: 'partition_count_differs',
  });
});

test('delivers an event with all services in one process', async () => {
  running.push(...(await Promise.all(SERVICES.map(({ definition }) => startService(definition, environment)))));
  const post = async (service: string, path: string, body: unknown) => {
    const url = running.find(({ name }) => name === service)?.url;
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        'content-type': 'application/json',
        ...(path === '/v1/tenants' ? {} : { 'hookstile-tenant': 'acme' }),
      },
      body: JSON.stringify(body),
    });
    return response.status;
  };
  expect(await post('config', '/v1/tenants', { id: 'acme', name: 'Acme', plan: 'standard' })).toBe(201);
  expect(await post('config', '/v1/integrations', { name: 'hook', url: `${receiver.url}/hook` })).toBe(201);
  expect(await post('event-ingest', '/v1/events', { type: 'device.installed', data: { n: 1 } })).toBe(202);
  const [request] = await receiver.received('/hook', 1);
  expect(JSON.parse(String(request?.body))).toMatchObject({ type: 'device.installed', data: { n: 1 } });
});
