import 'reflect-metadata';
import {
  type Configuration,
  configurationKey,
  configurationV1,
  type Delivery,
  deliveriesV1,
  partitionOf,
  type Routing,
  routingsV1,
  topicName,
} from '@hookstile/contracts';
import { connectMessaging, type Messaging, type RecordPublisher, topicDefinitions } from '@hookstile/messaging';
import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { hashKey, type RunningService, startService } from '@hookstile/service-runtime';
import {
  anIntegration,
  createDatabaseSchema,
  type DatabaseSchema,
  FIXED_NOW,
  randomSuffix,
  randomTopicPrefix,
  testBrokers,
  until,
} from '@hookstile/testing';
import { CloudEvent, HTTP, Kafka } from 'cloudevents';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventIngestService } from './event-ingest.module.js';

const PARTITIONS = 3;
const ADMIN_KEY = `admin-${randomSuffix()}-key`;

const prefix = randomTopicPrefix('ingest');
const topic = {
  events: topicName(prefix, 'events'),
  configuration: topicName(prefix, 'configuration'),
  deliveries: topicName(prefix, 'deliveries'),
  routings: topicName(prefix, 'routings'),
};
let messaging: Messaging;
let publisher: RecordPublisher;
let database: DatabaseSchema;
let service: RunningService;

const deliveries: Delivery[] = [];
const routings: Routing[] = [];

function start(): Promise<RunningService> {
  return startService(eventIngestService, {
    KAFKA_BROKERS: testBrokers().join(),
    DATABASE_URL: database.url,
    DATABASE_SCHEMA: database.schema,
    HOOKSTILE_TOPIC_PREFIX: prefix,
    HOOKSTILE_PARTITIONS: String(PARTITIONS),
    HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'error',
    HOST: '127.0.0.1',
  });
}

async function configure(...configurations: Configuration[]): Promise<void> {
  const records = configurations.map((configuration) => ({
    topic: topic.configuration,
    partition: 0,
    ...configurationV1.encode(configurationKey(configuration.kind, configuration.id), configuration),
  }));
  await publisher.publish(records);
}

const common = { version: 1, deleted: false, at: FIXED_NOW };

/** A tenant of the test's own with a producer's key and one integration for everything. */
async function aTenant(): Promise<{ tenantId: string; key: string; integrationId: string }> {
  const suffix = randomSuffix();
  const tenantId = `ten_${suffix}`;
  const integrationId = `int_${suffix}`;
  const key = `hk_${suffix}`;
  await configure(
    { kind: 'tenant', id: tenantId, name: 'T', plan: 'standard', ...common },
    { kind: 'api-key', id: `key_${suffix}`, tenantId, name: 'K', role: 'producer', hash: hashKey(key), ...common },
    anIntegration({ id: integrationId, tenantId }),
  );
  return { tenantId, key, integrationId };
}

interface Answer {
  status: number;
  body: { id?: string; code?: string; items?: unknown[]; errors?: { pointer: string }[] };
}

async function post(key: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${service.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

interface KafkaEvent {
  headers: Record<string, string>;
  value: Buffer;
}

/** Writes what a platform producer writes. */
async function produce(key: string, { headers, value }: KafkaEvent): Promise<void> {
  await publisher.publish([{ topic: topic.events, partition: partitionOf(key, PARTITIONS), key, headers, value }]);
}

/** The SDK names attributes that an event does not have, as undefined. */
function textsOf(headers: Record<string, unknown>): Record<string, string> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

const routingsOf = (tenantId: string) => routings.filter((routing) => routing.tenantId === tenantId);
const deliveriesOf = (tenantId: string) =>
  deliveries
    .filter(({ envelope }) => envelope.event.tenantId === tenantId)
    .map(({ envelope, bytes }) => ({
      ...envelope,
      data: bytes.toString(),
    }));

async function routed(tenantId: string, count: number): Promise<Routing[]> {
  await until(() => routingsOf(tenantId).length >= count, { what: `${count} routings`, timeoutMs: 20_000 });
  return routingsOf(tenantId);
}

beforeAll(async () => {
  messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'ingest-test' });
  await messaging.createTopics(topicDefinitions(prefix, PARTITIONS), 1);
  publisher = await messaging.publisher({ name: 'test' });
  database = await createDatabaseSchema('ingest');
  await messaging.follow({
    topic: topic.deliveries,
    onRecords: (records) => {
      for (const record of records) {
        const decoded = deliveriesV1.decode(record);
        if (decoded.outcome === 'decoded') deliveries.push(decoded.value);
      }
    },
  });
  await messaging.follow({
    topic: topic.routings,
    onRecords: (records) => {
      for (const record of records) {
        const decoded = routingsV1.decode(record);
        if (decoded.outcome === 'decoded') routings.push(decoded.value);
      }
    },
  });
  service = await start();
});

afterAll(async () => {
  await service?.stop();
  await messaging?.close();
  await database?.drop();
  await deleteWithPrefix(testBrokers(), prefix);
});

test('an accepted event arrives in deliveries, byte for byte, under its deterministic id and trace', async () => {
  const { tenantId, key, integrationId } = await aTenant();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const answer = await post(key, '{"type":"t","id":"e1","data": {"n": 1.0} }', { traceparent });
  expect(answer).toEqual({ status: 202, body: { id: 'e1' } });
  const [routing] = await routed(tenantId, 1);
  expect(routing).toMatchObject({ outcome: 'routed', via: 'http', deliveries: [{ integrationId }] });
  const [delivery] = deliveriesOf(tenantId);
  expect(delivery).toMatchObject({
    integrationId,
    integrationVersion: 1,
    data: '{"n": 1.0}',
    event: { id: 'e1', source: `hookstile:/tenants/${tenantId}`, type: 't' },
  });
  expect(delivery?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
});

test('a key that was made one call before works, and one without the role does not', async () => {
  const { tenantId, key } = await aTenant();
  expect((await post(key, '{"type":"t","data":1}')).status).toBe(202);
  const viewer = { kind: 'api-key', id: `key_v${tenantId}`, tenantId, name: 'V', role: 'viewer' } as const;
  await configure({ ...viewer, hash: hashKey(`hk_v${tenantId}`), ...common });
  expect((await post(`hk_v${tenantId}`, '{"type":"t","data":1}')).status).toBe(403);
  expect((await post('hk_unknown', '{"type":"t","data":1}')).status).toBe(401);
});

test('the platform key sends for the tenant that it names', async () => {
  const { tenantId } = await aTenant();
  expect((await post(ADMIN_KEY, '{"type":"t","data":1}')).body.code).toBe('tenant_required');
  const answer = await post(ADMIN_KEY, '{"type":"t","data":1}', { 'hookstile-tenant': tenantId });
  expect(answer.status).toBe(202);
  await routed(tenantId, 1);
  const unknown = await post(ADMIN_KEY, '{"type":"t","data":1}', { 'hookstile-tenant': 'ten_nobody' });
  expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found']);
});

test.each([
  [400, 'malformed', '{', {}],
  [413, 'too_large', `{"type":"t","data":"${'x'.repeat(262_144)}"}`, {}],
  [413, 'too_large', `"${'x'.repeat(4 * 1024 * 1024)}"`, {}],
  [415, 'unsupported_media_type', '{}', { 'content-type': 'text/plain' }],
  [422, 'invalid', '{"type":"t","data":1,"foo":1}', {}],
  [422, 'data_not_json', '<x/>', { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': '/s', 'ce-type': 't' }],
])('answers %i %s as a problem document', async (status, code, body, headers) => {
  const { key } = await aTenant();
  const answer = await post(key, body, headers);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test('a batch answers each item in order and routes the good ones in that order', async () => {
  const { tenantId, key } = await aTenant();
  const event = (id: string) => ({ specversion: '1.0', id, source: '/s', type: 't', data: { id } });
  const body = JSON.stringify([event('a'), { ...event('b'), type: 5 }, event('c')]);
  const answer = await post(key, body, { 'content-type': 'application/cloudevents-batch+json' });
  expect(answer.status).toBe(202);
  expect(answer.body.items).toEqual([
    { id: 'a' },
    { error: { code: 'invalid', detail: expect.any(String), pointer: '/type' } },
    { id: 'c' },
  ]);
  await routed(tenantId, 2);
  expect(deliveriesOf(tenantId).map(({ data }) => data)).toEqual(['{"id":"a"}', '{"id":"c"}']);
});

test("the CloudEvents SDK's structured and binary HTTP messages are taken", async () => {
  const { tenantId, key } = await aTenant();
  const event = (id: string) =>
    new CloudEvent({ id, source: '/sdk', type: 't', subject: 's', data: { a: 1 }, ext: 'kept', tenantid: tenantId });
  for (const message of [HTTP.structured(event('s1')), HTTP.binary(event('b1'))]) {
    expect((await post(key, message.body as string, textsOf(message.headers))).status).toBe(202);
  }
  await routed(tenantId, 2);
  const attributes = { source: '/sdk', subject: 's', extensions: { ext: 'kept' } };
  expect(deliveriesOf(tenantId)).toMatchObject([
    { data: '{"a":1}', event: { id: 's1', ...attributes } },
    { data: '{"a":1}', event: { id: 'b1', ...attributes } },
  ]);
});

test("the CloudEvents SDK's Kafka messages are routed, in order, and twice-sent ones delivered once", async () => {
  const { tenantId } = await aTenant();
  for (const id of ['k1', 'k2', 'k1', 'k2']) {
    const event = new CloudEvent({
      id,
      source: '/sdk',
      type: 't',
      data: `"${id}"`,
      tenantid: tenantId,
      time: FIXED_NOW,
    });
    const binary = Kafka.binary(event);
    const structured = Kafka.structured(event.cloneWith({ data: id }));
    const message = id === 'k1' ? binary : structured;
    await produce('any key', { headers: textsOf(message.headers), value: Buffer.from(message.value as string) });
  }
  const outcomes = (await routed(tenantId, 4)).map(({ outcome, via }) => `${outcome} ${via}`);
  expect(outcomes).toEqual(['routed kafka', 'routed kafka', 'duplicate kafka', 'duplicate kafka']);
  expect(deliveriesOf(tenantId).map(({ data }) => data)).toEqual(['"k1"', '"k2"']);
});

test('the same source and id with other data is rejected as reused', async () => {
  const { tenantId, key } = await aTenant();
  for (const data of [1, 1, 2]) expect((await post(key, `{"id":"e","type":"t","data":${data}}`)).status).toBe(202);
  const outcomes = (await routed(tenantId, 3)).map(({ outcome, reason }) => [outcome, reason]);
  expect(outcomes).toEqual([
    ['routed', null],
    ['duplicate', null],
    ['rejected', 'id_reused'],
  ]);
  expect(deliveriesOf(tenantId)).toHaveLength(1);
});

test('bad records end as rejected with the reason, and the partition moves on', async () => {
  const { tenantId } = await aTenant();
  const good = { ce_specversion: '1.0', ce_id: 'ok', ce_source: '/s', ce_type: 't', ce_tenantid: tenantId };
  const structured = { 'content-type': 'application/cloudevents+json' };
  const ghost = `ten_ghost${randomSuffix()}`;
  const before = routings.length;
  await produce(tenantId, { headers: {}, value: Buffer.from('hello') });
  await produce(tenantId, { headers: { ...good, ce_tenantid: ghost }, value: Buffer.from('1') });
  await produce(tenantId, { headers: { ...good, ce_type: '' }, value: Buffer.from('1') });
  await produce(tenantId, { headers: good, value: Buffer.from('<x/>') });
  await produce(tenantId, { headers: good, value: Buffer.from(`"${'x'.repeat(262_144)}"`) });
  await produce(tenantId, { headers: structured, value: Buffer.from('{"specversion":"1.0"') });
  await produce(tenantId, { headers: structured, value: Buffer.from('{"specversion":"1.0","id":"e","source":"/s"}') });
  await produce(tenantId, { headers: good, value: Buffer.from('{"fine":true}') });
  await until(() => deliveriesOf(tenantId).length === 1 && routings.length >= before + 8, { what: 'the good record' });
  const found = routings.slice(before).sort((left, right) => left.sourceOffset - right.sourceOffset);
  expect(found.map(({ outcome, reason }) => reason ?? outcome)).toEqual([
    'malformed',
    'unknown_tenant',
    'invalid',
    'data_not_json',
    'too_large',
    'malformed',
    'tenant_required',
    'routed',
  ]);
  expect(deliveriesOf(tenantId).map(({ data }) => data)).toEqual(['{"fine":true}']);
});

test('an integration of the wrong type or deleted gets nothing, a disabled one gets its deliveries', async () => {
  const { tenantId, key, integrationId } = await aTenant();
  await configure(
    anIntegration({ id: integrationId, tenantId, version: 2, state: 'disabled', disabledReason: 'admin' }),
    anIntegration({ id: `${integrationId}b`, tenantId, settings: { eventTypes: ['device.*'] } }),
    anIntegration({ id: `${integrationId}c`, tenantId, deleted: true }),
  );
  await post(key, '{"type":"agent.create","data":1}');
  await post(key, '{"type":"device.compliant","data":2}');
  await routed(tenantId, 2);
  const found = deliveriesOf(tenantId).map((delivery) => [delivery.data, delivery.integrationId]);
  expect(found.sort()).toEqual([
    ['1', integrationId],
    ['2', integrationId],
    ['2', `${integrationId}b`],
  ]);
  await configure(anIntegration({ id: integrationId, tenantId, version: 3, deleted: true }));
  await post(key, '{"type":"agent.create","data":3}');
  expect((await routed(tenantId, 3)).at(-1)).toMatchObject({ outcome: 'filtered', deliveries: [] });
});

test('an integration that was configured one call before an event receives it, 30 times in a row', async () => {
  const { tenantId, key, integrationId } = await aTenant();
  for (let version = 2; version < 32; version += 1) {
    await configure(anIntegration({ id: integrationId, tenantId, version }));
    await post(key, `{"type":"t","data":${version}}`);
  }
  await routed(tenantId, 30);
  for (const { integrationVersion, data } of deliveriesOf(tenantId)) {
    expect(integrationVersion).toBeGreaterThanOrEqual(Number(data));
  }
});

test('a restarted router that reads events from offset 0 again writes nothing again', async () => {
  const { tenantId, key } = await aTenant();
  await post(key, '{"type":"t","data":1}');
  await routed(tenantId, 1);
  const before = [deliveries.length, routings.length];
  await service.stop();
  // A member of the router's group that commits offset 0 is what an admin's reset does.
  const reset = await messaging.subscribe({
    groupId: `${prefix}router`,
    topics: [topic.events],
    from: 'beginning',
    onBatch: () => undefined,
    onAssignment: () => undefined,
  });
  await reset.commit(reset.assignment.map((partition) => ({ ...partition, offset: 0 })));
  await reset.stop();
  service = await start();
  await post(key, '{"type":"t","data":2}');
  await routed(tenantId, 2);
  expect([deliveries.length, routings.length]).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 1]);
});

/** The data of a tenant's deliveries without those that the dispatcher drops because it has had them. */
function afterReplays(tenantId: string): string[] {
  let last = -1;
  return deliveriesOf(tenantId).flatMap(({ sourceOffset, data }) => {
    if (sourceOffset <= last) return [];
    last = sourceOffset;
    return [data];
  });
}

test('while routers join and leave the group every event is delivered, in order, to a reader that drops replays', async () => {
  const tenants = await Promise.all([aTenant(), aTenant(), aTenant(), aTenant()]);
  const mark = { count: 0, done: false };
  const producing = (async () => {
    while (!mark.done) {
      const data = mark.count;
      const body = `{"id":"${data}","type":"t","data":${data}}`;
      await Promise.all(
        tenants.map(async ({ tenantId }) => {
          const answer = await post(ADMIN_KEY, body, { 'hookstile-tenant': tenantId });
          if (answer.status !== 202) throw new Error(`answered ${answer.status}`);
        }),
      );
      mark.count += 1;
    }
  })();
  const first = service;
  await until(() => mark.count > 20);
  const second = await start();
  const joined = mark.count;
  await until(() => mark.count > joined + 30, { timeoutMs: 20_000 });
  service = second;
  // The first process still serves the requests that it has taken; new ones go to the second.
  await first.stop().catch(() => undefined);
  const before = mark.count;
  await until(() => mark.count > before + 30, { timeoutMs: 20_000 });
  mark.done = true;
  await producing;
  const expected = Array.from({ length: mark.count }, (_, i) => String(i));
  for (const { tenantId } of tenants) {
    await until(() => afterReplays(tenantId).length >= mark.count, { timeoutMs: 20_000 });
    expect(afterReplays(tenantId)).toEqual(expected);
  }
}, 60_000);
