import { partitionOf, redeliveriesV1, topicName } from '@hookstile/contracts';
import { connectMessaging, type ReceivedRecord } from '@hookstile/messaging';
import { type Receiver, startReceiver, testBrokers, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllInOneUnderTest, type Answer, PARTITIONS } from './all-in-one-under-test.js';
import { prepare } from './prepare-stack.js';

const TIMEOUT_MS = 20_000;
const TEST_TIMEOUT_MS = 90_000;

let stack: AllInOneUnderTest;
let receiver: Receiver;
/** What each path answers now; 200 where nothing is said. */
const statuses = new Map<string, number>();

beforeAll(async () => {
  stack = await AllInOneUnderTest.create();
  receiver = await startReceiver();
  await prepare(stack.environment);
  await stack.start();
  await stack.call('config', 'POST', 'tenants', { id: 'acme', name: 'Acme', plan: 'standard' });
});

afterAll(async () => {
  await stack.destroy();
  await receiver.close();
});

async function create(name: string, given: object = {}): Promise<string> {
  receiver.answer(`/${name}`, () => ({ status: statuses.get(name) ?? 200 }));
  const body = { name, url: `${receiver.url}/${name}`, eventTypes: [`${name}.*`], retry: { delaysMs: [] }, ...given };
  const answer = await stack.call('config', 'POST', 'integrations', body);
  expect(answer.status).toBe(201);
  return answer.body.id;
}

const emit = (type: string, data: unknown = {}) => stack.call('event-ingest', 'POST', 'events', { type, data });
const redeliver = (id: string) => stack.call('audit', 'POST', `deliveries/${id}/redeliver`);
const deliveriesOf = async (integrationId: string) =>
  (await stack.call('audit', 'GET', `deliveries?integrationId=${integrationId}`)).body.items;
const attemptsOf = async (deliveryId: string) =>
  (await stack.call('audit', 'GET', `event-log?deliveryId=${deliveryId}`)).body.items;
const webhookIdsAt = (name: string) => receiver.on(`/${name}`).map(({ headers }) => headers['webhook-id']);

function untilDelivery(
  integrationId: string,
  expected: { status: string; attemptCount: number },
): Promise<{ id: string }> {
  const what = `${expected.status} after ${expected.attemptCount} attempts`;
  const matching = async () => {
    const [only] = await deliveriesOf(integrationId);
    return only?.status === expected.status && only.attemptCount === expected.attemptCount ? only : null;
  };
  return until(matching, { what, timeoutMs: TIMEOUT_MS });
}

/** Appends what stands in `redeliveries` of an integration once more, as a writer that was not acknowledged does. */
async function writeAgain(integrationId: string): Promise<number> {
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'again' });
  const at = { topic: topicName(stack.prefix, 'redeliveries'), partition: partitionOf(integrationId, PARTITIONS) };
  const records: ReceivedRecord[] = [];
  const to = await messaging.endOffset(at);
  await messaging.readRange({ ...at, from: 0, to, onRecords: (read) => void records.push(...read) });
  const again = records.flatMap((record) => {
    const decoded = redeliveriesV1.decode(record);
    const isIts = decoded.outcome === 'decoded' && record.key === integrationId;
    return isIts ? [{ ...redeliveriesV1.encode(integrationId, decoded.value), ...at }] : [];
  });
  const publisher = await messaging.publisher({ name: 'again' });
  await publisher.publish(again);
  await publisher.close(1_000);
  await messaging.close();
  return again.length;
}

/** As if a router had died each time before it stored what it had routed. */
async function forgetProgress(): Promise<void> {
  await stack.query('ingest', 'DELETE FROM redeliveries_routed_through');
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'forget' });
  const assigned = Promise.withResolvers<void>();
  const subscription = await messaging.subscribe({
    groupId: `${stack.prefix}redelivery-router`,
    topics: [topicName(stack.prefix, 'redeliveries')],
    from: 'beginning',
    onBatch: () => undefined,
    onAssignment: () => assigned.resolve(),
  });
  await assigned.promise;
  await subscription.commit(subscription.assignment.map((at) => ({ ...at, offset: 0 })));
  await subscription.stop();
  await messaging.close();
}

describe('a delivery that has ended', { timeout: TEST_TIMEOUT_MS }, () => {
  it('is sent once more as it was, under its id and the settings of now, and counts on', async () => {
    statuses.set('failing', 500);
    const integrationId = await create('failing', { logPayloads: 'none' });
    await emit('failing.x', { n: 1 });
    const { id } = await untilDelivery(integrationId, { status: 'failed', attemptCount: 1 });
    statuses.delete('failing');
    await stack.call('config', 'PATCH', `integrations/${integrationId}`, { request: { headers: { 'X-Now': 'yes' } } });

    expect(await redeliver(id)).toMatchObject({ status: 202, body: { deliveryId: id } });
    await untilDelivery(integrationId, { status: 'delivered', attemptCount: 2 });
    const [first, second] = receiver.on('/failing');
    expect(webhookIdsAt('failing')).toEqual([id, id]);
    expect(JSON.parse(`${second?.body}`)).toEqual(JSON.parse(`${first?.body}`));
    expect(second?.headers['x-now']).toBe('yes');
    const log = await attemptsOf(id);
    expect(log.map(({ trigger, outcome, attempt }: Record<string, unknown>) => [trigger, outcome, attempt])).toEqual([
      ['redelivery', 'succeeded', 1],
      ['event', 'failed', 1],
    ]);
    const shown = await stack.call('audit', 'GET', `event-log/${log[0].id}`);
    expect(shown.body).toMatchObject({ deliveryId: id, trigger: 'redelivery' });
    const line = await stack.call('audit', 'GET', `audit-log?action=delivery.redelivered&subjectId=${id}`);
    expect(line.body.items).toMatchObject([
      {
        actor: { type: 'platform' },
        subject: { type: 'delivery', id },
        before: { integrationId, status: 'failed', reason: 'http_status' },
        after: { status: 'pending' },
      },
    ]);
  });

  it('may have been delivered, and may be sent as often as it ends', async () => {
    const integrationId = await create('often');
    await emit('often.x');
    const { id } = await untilDelivery(integrationId, { status: 'delivered', attemptCount: 1 });
    for (const attemptCount of [2, 3]) {
      expect((await redeliver(id)).status).toBe(202);
      await untilDelivery(integrationId, { status: 'delivered', attemptCount });
    }
    expect(webhookIdsAt('often')).toEqual([id, id, id]);
  });

  it('is sent once for each ending, however often it is asked for and written, and by routers that begin anew', async () => {
    const integrationId = await create('once');
    await emit('once.x');
    const { id } = await untilDelivery(integrationId, { status: 'delivered', attemptCount: 1 });
    const answers: Answer[] = await Promise.all([redeliver(id), redeliver(id)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await untilDelivery(integrationId, { status: 'delivered', attemptCount: 2 });
    expect(await writeAgain(integrationId)).toBe(2);
    await stack.restart('event-ingest', forgetProgress);
    await stack.restart('dispatcher');
    // What is redelivered next comes behind all that was written again.
    expect((await redeliver(id)).status).toBe(202);
    await untilDelivery(integrationId, { status: 'delivered', attemptCount: 3 });
    expect(webhookIdsAt('once')).toEqual([id, id, id]);
    const { body } = await stack.call('audit', 'GET', `audit-log?action=delivery.redelivered&subjectId=${id}`);
    expect(body.items).toHaveLength(2);
  });
});

describe('a delivery is not redelivered', { timeout: TEST_TIMEOUT_MS }, () => {
  it('where there is none, or another tenant has it', async () => {
    expect(await redeliver('dlv_none')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('while it has not ended, and while its integration is disabled; enabled, at once', async () => {
    statuses.set('held', 500);
    const integrationId = await create('held', { retry: { delaysMs: [3_600_000] } });
    await emit('held.x');
    const { id } = await untilDelivery(integrationId, { status: 'pending', attemptCount: 1 });
    expect(await redeliver(id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    statuses.set('off', 500);
    const other = await create('off');
    await emit('off.x');
    const failed = await untilDelivery(other, { status: 'failed', attemptCount: 1 });
    statuses.delete('off');
    await stack.call('config', 'POST', `integrations/${other}/disable`, {});
    expect(await redeliver(failed.id)).toMatchObject({ status: 409, body: { code: 'integration_disabled' } });
    await stack.call('config', 'POST', `integrations/${other}/enable`, {});
    expect((await redeliver(failed.id)).status).toBe(202);
    await untilDelivery(other, { status: 'delivered', attemptCount: 2 });
  });
});

/** An integration that has failed `count` events in a row. */
async function failing(name: string, count: number): Promise<string> {
  statuses.set(name, 500);
  const integrationId = await create(name);
  for (let n = 0; n < count; n += 1) await emit(`${name}.x`, { n });
  const failed = async () => (await dryRunOf(integrationId)).body.matched === count;
  await until(failed, { what: `${count} failed deliveries`, timeoutMs: TIMEOUT_MS });
  statuses.delete(name);
  return integrationId;
}

const SINCE = '2026-01-02T03:04:05Z';
const recover = (integrationId: string, given: object = {}) =>
  stack.call('audit', 'POST', 'recoveries', { integrationId, since: SINCE, ...given });
const dryRunOf = (integrationId: string) => recover(integrationId, { dryRun: true });
const recovery = async (id: string) => (await stack.call('audit', 'GET', `recoveries/${id}`)).body;
const numbersAt = (name: string) => receiver.on(`/${name}`).map(({ body }) => JSON.parse(`${body}`).data.n);
const linesOf = async (subjectId: string) =>
  (await stack.call('audit', 'GET', `audit-log?subjectId=${subjectId}`)).body.items;

function untilStatus(id: string, status: string): Promise<unknown> {
  const what = `a recovery that is ${status}`;
  return until(async () => (await recovery(id)).status === status, { what, timeoutMs: TIMEOUT_MS });
}

describe('a recovery', { timeout: TEST_TIMEOUT_MS }, () => {
  const COUNT = 60;
  const all = Array.from({ length: COUNT }, (_, n) => n);

  it('sends all that failed once, in order, also where its process ends meanwhile, and new events beside it', async () => {
    const integrationId = await failing('missed', COUNT);
    const ids = webhookIdsAt('missed');
    const started = await recover(integrationId, { ratePerSecond: 40 });
    expect(started).toMatchObject({ status: 202, body: { status: 'running', matched: COUNT, queued: 0 } });
    const { id } = started.body;
    expect(await recover(integrationId)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await until(() => receiver.on('/missed').length > COUNT + 10, { what: 'some of them', timeoutMs: TIMEOUT_MS });
    await emit('missed.x', { n: 'new' });
    await stack.restart('audit');
    await untilStatus(id, 'done');
    expect(await recovery(id)).toMatchObject({ matched: COUNT, queued: COUNT, delivered: COUNT, pending: 0 });
    const sent = numbersAt('missed').slice(COUNT);
    expect(sent.filter((n) => n !== 'new')).toEqual(all);
    expect(sent.indexOf('new')).toBeGreaterThan(0);
    expect(sent.indexOf('new')).toBeLessThan(COUNT);
    expect(webhookIdsAt('missed').filter((_, n) => n >= COUNT && sent[n - COUNT] !== 'new')).toEqual(ids);
    const log = await stack.call('audit', 'GET', `event-log?integrationId=${integrationId}&trigger=recovery&limit=200`);
    expect(log.body.items).toHaveLength(COUNT);
    expect(await linesOf(id)).toMatchObject([{ action: 'recovery.started', actor: { type: 'platform' } }]);
    expect(await linesOf(String(ids[0]))).toEqual([]);
    expect((await dryRunOf(integrationId)).body).toEqual({ matched: 0 });
  });

  it('is stopped by who wants it, and where its integration is disabled', async () => {
    const integrationId = await failing('halted', 20);
    const first = await recover(integrationId, { ratePerSecond: 1 });
    const stopped = await stack.call('audit', 'DELETE', `recoveries/${first.body.id}`);
    expect(stopped.status).toBe(204);
    const asked = { status: 'stopped', reason: 'requested', matched: 20 };
    expect(await recovery(first.body.id)).toMatchObject(asked);
    const second = await recover(integrationId, { ratePerSecond: 1 });
    expect(second.status).toBe(202);
    await stack.call('config', 'POST', `integrations/${integrationId}/disable`, {});
    await untilStatus(second.body.id, 'stopped');
    expect(await recovery(second.body.id)).toMatchObject({ reason: 'integration_disabled' });
    expect(await recover(integrationId)).toMatchObject({ status: 409, body: { code: 'integration_disabled' } });
    for (const [id, actor] of [
      [first.body.id, 'platform'],
      [second.body.id, 'system'],
    ]) {
      const lines = await until(async () => ((await linesOf(id)).length === 2 ? linesOf(id) : null), {
        what: 'its lines',
      });
      expect(lines[0]).toMatchObject({ action: 'recovery.stopped', actor: { type: actor } });
    }
  });

  it.each<[string, object]>([
    ['a time that is none', { since: 'yesterday' }],
    ['an end before the beginning', { until: '2026-01-01T00:00:00Z' }],
    ['a rate beyond its bound', { ratePerSecond: 501 }],
    ['another status', { status: 'held' }],
  ])('is not started for %s', async (_, given) => {
    expect(await recover('int_none', given)).toMatchObject({ status: 422, body: { code: 'invalid' } });
  });

  it('is not started for an unknown integration', async () => {
    expect(await recover('int_none')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await dryRunOf('int_none')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
