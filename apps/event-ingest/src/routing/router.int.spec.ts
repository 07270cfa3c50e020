import { anIntegration, FIXED_NOW, randomSuffix, until } from '@hookstile/testing';
import { CloudEvent, Kafka } from 'cloudevents';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INGEST_ADMIN_KEY, IngestUnderTest, textsOf } from '../ingest-under-test.js';

let ingest: IngestUnderTest;

beforeAll(async () => {
  ingest = await IngestUnderTest.create();
});

afterAll(() => ingest?.destroy());

test("the CloudEvents SDK's Kafka messages are routed, in order, and twice-sent ones delivered once", async () => {
  const { tenantId } = await ingest.aTenant();
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
    await ingest.produce('any key', { headers: textsOf(message.headers), value: Buffer.from(message.value as string) });
  }
  const outcomes = (await ingest.routed(tenantId, 4)).map(({ outcome, via }) => `${outcome} ${via}`);
  expect(outcomes).toEqual(['routed kafka', 'routed kafka', 'duplicate kafka', 'duplicate kafka']);
  expect(ingest.deliveriesOf(tenantId).map(({ data }) => data)).toEqual(['"k1"', '"k2"']);
});

test('the same source and id with other data is rejected as reused', async () => {
  const { tenantId, key } = await ingest.aTenant();
  for (const data of [1, 1, 2])
    expect((await ingest.post(key, `{"id":"e","type":"t","data":${data}}`)).status).toBe(202);
  const outcomes = (await ingest.routed(tenantId, 3)).map(({ outcome, reason }) => [outcome, reason]);
  expect(outcomes).toEqual([
    ['routed', null],
    ['duplicate', null],
    ['rejected', 'id_reused'],
  ]);
  expect(ingest.deliveriesOf(tenantId)).toHaveLength(1);
});

test('an event that does not match the schema of its type is rejected, and a corrected one is taken', async () => {
  const { tenantId } = await ingest.aTenant();
  await ingest.putEventType(tenantId, 't', 1, { properties: { n: { type: 'integer' } } });
  const headers = { ce_specversion: '1.0', ce_id: 'e', ce_source: '/s', ce_type: 't', ce_tenantid: tenantId };
  const produce = (data: string) => ingest.produce(tenantId, { headers, value: Buffer.from(data) });
  await produce('{"n": "1"}');
  await produce('{"n": 1.0}');
  await produce('{"n": 1.0}');
  const rejected = { outcome: 'rejected', reason: 'invalid', via: 'kafka', event: { id: 'e' }, deliveries: [] };
  expect(await ingest.routed(tenantId, 3)).toMatchObject([
    { ...rejected, detail: 'The data does not match the schema of its type: /data/n must be integer (integer).' },
    { outcome: 'routed' },
    { outcome: 'duplicate' },
  ]);
  expect(ingest.deliveriesOf(tenantId).map(({ data }) => data)).toEqual(['{"n": 1.0}']);
});

test('a mismatch at a member whose name no database keeps is rejected, too', async () => {
  const { tenantId } = await ingest.aTenant();
  await ingest.putEventType(tenantId, 't', 1, { additionalProperties: { type: 'integer' } });
  const headers = { ce_specversion: '1.0', ce_id: 'e', ce_source: '/s', ce_type: 't', ce_tenantid: tenantId };
  await ingest.produce(tenantId, { headers, value: Buffer.from('{"a\\u0000": "1"}') });
  expect(await ingest.routed(tenantId, 1)).toMatchObject([
    { outcome: 'rejected', detail: expect.stringContaining('/data/a\ufffd must be integer') },
  ]);
});

test('bad records end as rejected with the reason, and the partition moves on', async () => {
  const { tenantId } = await ingest.aTenant();
  const good = { ce_specversion: '1.0', ce_id: 'ok', ce_source: '/s', ce_type: 't', ce_tenantid: tenantId };
  const structured = { 'content-type': 'application/cloudevents+json' };
  const ghost = `ten_ghost${randomSuffix()}`;
  const before = ingest.routings.length;
  await ingest.produce(tenantId, { headers: {}, value: Buffer.from('hello') });
  await ingest.produce(tenantId, { headers: { ...good, ce_tenantid: ghost }, value: Buffer.from('1') });
  await ingest.produce(tenantId, { headers: { ...good, ce_type: '' }, value: Buffer.from('1') });
  await ingest.produce(tenantId, { headers: good, value: Buffer.from('<x/>') });
  await ingest.produce(tenantId, { headers: good, value: Buffer.from(`"${'x'.repeat(262_144)}"`) });
  await ingest.produce(tenantId, { headers: structured, value: Buffer.from('{"specversion":"1.0"') });
  await ingest.produce(tenantId, {
    headers: structured,
    value: Buffer.from('{"specversion":"1.0","id":"e","source":"/s"}'),
  });
  const strange = '{"specversion":"1.0","id":"e","source":"/s","type":"t","data":1,"tenantid":"t","x":{"toString":1}}';
  await ingest.produce(tenantId, { headers: structured, value: Buffer.from(strange) });
  await ingest.produce(tenantId, { headers: good, value: Buffer.from('{"fine":true}') });
  await until(() => ingest.deliveriesOf(tenantId).length === 1 && ingest.routings.length >= before + 9, {
    what: 'the good record',
  });
  const found = ingest.routings.slice(before).sort((left, right) => left.sourceOffset - right.sourceOffset);
  expect(found.map(({ outcome, reason }) => reason ?? outcome)).toEqual([
    'malformed',
    'unknown_tenant',
    'invalid',
    'data_not_json',
    'too_large',
    'malformed',
    'tenant_required',
    'invalid',
    'routed',
  ]);
  expect(ingest.deliveriesOf(tenantId).map(({ data }) => data)).toEqual(['{"fine":true}']);
});

test('an integration of the wrong type or deleted gets nothing, a disabled one gets its deliveries', async () => {
  const { tenantId, key, integrationId } = await ingest.aTenant();
  await ingest.configure(
    anIntegration({ id: integrationId, tenantId, version: 2, state: 'disabled', disabledReason: 'admin' }),
    anIntegration({ id: `${integrationId}b`, tenantId, settings: { eventTypes: ['device.*'] } }),
    anIntegration({ id: `${integrationId}c`, tenantId, deleted: true }),
  );
  await ingest.post(key, '{"type":"agent.create","data":1}');
  await ingest.post(key, '{"type":"device.compliant","data":2}');
  await ingest.routed(tenantId, 2);
  const found = ingest.deliveriesOf(tenantId).map((delivery) => [delivery.data, delivery.integrationId]);
  expect(found.sort()).toEqual([
    ['1', integrationId],
    ['2', integrationId],
    ['2', `${integrationId}b`],
  ]);
  await ingest.configure(anIntegration({ id: integrationId, tenantId, version: 3, deleted: true }));
  await ingest.post(key, '{"type":"agent.create","data":3}');
  expect((await ingest.routed(tenantId, 3)).at(-1)).toMatchObject({ outcome: 'filtered', deliveries: [] });
});

test('an integration that was configured one call before an event receives it, 30 times in a row', async () => {
  const { tenantId, key, integrationId } = await ingest.aTenant();
  for (let version = 2; version < 32; version += 1) {
    await ingest.configure(anIntegration({ id: integrationId, tenantId, version }));
    await ingest.post(key, `{"type":"t","data":${version}}`);
  }
  await ingest.routed(tenantId, 30);
  for (const { integrationVersion, data } of ingest.deliveriesOf(tenantId)) {
    expect(integrationVersion).toBeGreaterThanOrEqual(Number(data));
  }
});

test('a restarted router that reads events from offset 0 again writes nothing again', async () => {
  const { tenantId, key } = await ingest.aTenant();
  await ingest.post(key, '{"type":"t","data":1}');
  await ingest.routed(tenantId, 1);
  const before = [ingest.deliveries.length, ingest.routings.length];
  await ingest.service.stop();
  // A member of the router's group that commits offset 0 is what an admin's reset does.
  const reset = await ingest.messaging.subscribe({
    groupId: `${ingest.prefix}router`,
    topics: [ingest.topic.events],
    from: 'beginning',
    onBatch: () => undefined,
    onAssignment: () => undefined,
  });
  await reset.commit(reset.assignment.map((partition) => ({ ...partition, offset: 0 })));
  await reset.stop();
  ingest.service = await ingest.start();
  await ingest.post(key, '{"type":"t","data":2}');
  await ingest.routed(tenantId, 2);
  expect([ingest.deliveries.length, ingest.routings.length]).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 1]);
});

/** The data of a tenant's deliveries without those that the dispatcher drops because it has had them. */
function afterReplays(tenantId: string): string[] {
  let last = -1;
  return ingest.deliveriesOf(tenantId).flatMap(({ sourceOffset, data }) => {
    if (sourceOffset <= last) return [];
    last = sourceOffset;
    return [data];
  });
}

test('while routers join and leave the group every event is delivered, in order, to a reader that drops replays', async () => {
  const tenants = await Promise.all([ingest.aTenant(), ingest.aTenant(), ingest.aTenant(), ingest.aTenant()]);
  const mark = { count: 0, done: false };
  const producing = (async () => {
    while (!mark.done) {
      const data = mark.count;
      const body = `{"id":"${data}","type":"t","data":${data}}`;
      await Promise.all(
        tenants.map(async ({ tenantId }) => {
          const answer = await ingest.post(INGEST_ADMIN_KEY, body, { 'hookstile-tenant': tenantId });
          if (answer.status !== 202) throw new Error(`answered ${answer.status}`);
        }),
      );
      mark.count += 1;
    }
  })();
  const first = ingest.service;
  await until(() => mark.count > 20);
  const second = await ingest.start();
  const joined = mark.count;
  await until(() => mark.count > joined + 30, { timeoutMs: 20_000 });
  ingest.service = second;
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
