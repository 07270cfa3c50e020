import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { type RunningService, startService } from '@hookstile/service-runtime';
import {
  type Receiver,
  randomSuffix,
  randomTopicPrefix,
  startReceiver,
  testBrokers,
  testDatabaseUrl,
  until,
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

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client would, member by member.
  body: any;
}

async function call(service: string, method: string, path: string, given?: unknown): Promise<Answer> {
  const url = running.find(({ name }) => name === service)?.url;
  const response = await fetch(`${url}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      'if-match': '*',
      ...(given === undefined ? {} : { 'content-type': 'application/json' }),
      ...(path === 'tenants' ? {} : { 'hookstile-tenant': 'acme' }),
    },
    ...(given === undefined ? {} : { body: JSON.stringify(given) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

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
  expect((await call('config', 'POST', 'tenants', { id: 'acme', name: 'Acme', plan: 'standard' })).status).toBe(201);
  const integration = { name: 'hook', url: `${receiver.url}/hook` };
  expect((await call('config', 'POST', 'integrations', integration)).status).toBe(201);
  const event = { type: 'device.installed', data: { n: 1 } };
  expect((await call('event-ingest', 'POST', 'events', event)).status).toBe(202);
  const [request] = await receiver.received('/hook', 1);
  expect(JSON.parse(String(request?.body))).toMatchObject({ type: 'device.installed', data: { n: 1 } });
});

test('"Creating, deleting, and editing webhooks are recorded" in the audit log, and switching them on and off too', async () => {
  const given = { name: 'posture', method: 'GET', url: `${receiver.url}/check`, headers: { 'X-Token': 'secret text' } };
  const { body: rule } = await call('config', 'POST', 'decision-rules', given);
  const path = `decision-rules/${rule.id}`;
  await call('config', 'PATCH', path, { name: 'device posture' });
  await call('config', 'POST', `${path}/disable`, {});
  await call('config', 'POST', `${path}/enable`, {});
  await call('config', 'DELETE', path);
  const about = `audit-log?subjectType=decision_rule&subjectId=${rule.id}`;
  await until(async () => (await call('audit', 'GET', about)).body.items.length === 5, { timeoutMs: 10_000 });
  const { items } = (await call('audit', 'GET', about)).body;
  const actor = { type: 'platform' };
  expect(items).toMatchObject([
    { action: 'decision_rule.deleted', actor, subject: { name: 'device posture' }, after: null },
    { action: 'decision_rule.enabled', actor, before: { state: 'disabled' }, after: { state: 'enabled' } },
    { action: 'decision_rule.disabled', actor, before: { state: 'enabled' }, after: { state: 'disabled' } },
    { action: 'decision_rule.updated', actor, before: { name: 'posture' }, after: { name: 'device posture' } },
    { action: 'decision_rule.created', actor, subject: { type: 'decision_rule', id: rule.id }, before: null },
  ]);
  expect(JSON.stringify(items)).not.toMatch(/secret text|ciphertext/);
});
