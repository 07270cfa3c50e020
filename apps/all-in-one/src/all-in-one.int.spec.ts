import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AllInOneUnderTest } from './all-in-one-under-test.js';
import { prepare } from './prepare-stack.js';

let stack: AllInOneUnderTest;
let receiver: Receiver;

beforeAll(async () => {
  stack = await AllInOneUnderTest.create();
  receiver = await startReceiver();
});

afterAll(async () => {
  await stack.destroy();
  await receiver.close();
});

const call: AllInOneUnderTest['call'] = (...given) => stack.call(...given);

test('prepares topics and tables, and does nothing the second time', async () => {
  await prepare(stack.environment);
  await prepare(stack.environment);
});

test('refuses another number of partitions than the topics have', async () => {
  await expect(prepare({ ...stack.environment, HOOKSTILE_PARTITIONS: '4' })).rejects.toMatchObject({
    code: 'partition_count_differs',
  });
});

test('delivers an event with all services in one process', async () => {
  await stack.start();
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
