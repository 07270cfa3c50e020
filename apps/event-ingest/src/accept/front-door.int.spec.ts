import { connect } from 'node:net';
import { hashKey } from '@hookstile/service-runtime';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FIRST_VERSION, INGEST_ADMIN_KEY, IngestUnderTest } from '../ingest-under-test.js';

let ingest: IngestUnderTest;

beforeAll(async () => {
  ingest = await IngestUnderTest.create();
});

afterAll(() => ingest?.destroy());

test('an accepted event arrives in deliveries, byte for byte, under its deterministic id and trace', async () => {
  const { tenantId, key, integrationId } = await ingest.aTenant();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const answer = await ingest.post(key, '{"type":"t","id":"e1","data": {"n": 1.0} }', { traceparent });
  expect(answer).toEqual({ status: 202, body: { id: 'e1' } });
  const [routing] = await ingest.routed(tenantId, 1);
  expect(routing).toMatchObject({ outcome: 'routed', via: 'http', deliveries: [{ integrationId }] });
  const [delivery] = ingest.deliveriesOf(tenantId);
  expect(delivery).toMatchObject({
    integrationId,
    integrationVersion: 1,
    data: '{"n": 1.0}',
    event: { id: 'e1', source: `hookstile:/tenants/${tenantId}`, type: 't' },
  });
  expect(delivery?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
});

test('a key that was made one call before works, and one without the role does not', async () => {
  const { tenantId, key } = await ingest.aTenant();
  expect((await ingest.post(key, '{"type":"t","data":1}')).status).toBe(202);
  const viewer = { kind: 'api-key', id: `key_v${tenantId}`, tenantId, name: 'V', role: 'viewer' } as const;
  await ingest.configure({ ...viewer, hash: hashKey(`hk_v${tenantId}`), ...FIRST_VERSION });
  expect((await ingest.post(`hk_v${tenantId}`, '{"type":"t","data":1}')).status).toBe(403);
  expect((await ingest.post('hk_unknown', '{"type":"t","data":1}')).status).toBe(401);
});

test('the platform key sends for the tenant that it names', async () => {
  const { tenantId } = await ingest.aTenant();
  expect((await ingest.post(INGEST_ADMIN_KEY, '{"type":"t","data":1}')).body.code).toBe('tenant_required');
  const answer = await ingest.post(INGEST_ADMIN_KEY, '{"type":"t","data":1}', { 'hookstile-tenant': tenantId });
  expect(answer.status).toBe(202);
  await ingest.routed(tenantId, 1);
  const unknown = await ingest.post(INGEST_ADMIN_KEY, '{"type":"t","data":1}', { 'hookstile-tenant': 'ten_nobody' });
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
  const { key } = await ingest.aTenant();
  const answer = await ingest.post(key, body, headers);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test('a batch answers each item in order and routes the good ones in that order', async () => {
  const { tenantId, key } = await ingest.aTenant();
  const event = (id: string) => ({ specversion: '1.0', id, source: '/s', type: 't', data: { id } });
  const body = JSON.stringify([event('a'), { ...event('b'), type: 5 }, event('c')]);
  const answer = await ingest.post(key, body, { 'content-type': 'application/cloudevents-batch+json' });
  expect(answer.status).toBe(202);
  expect(answer.body.items).toEqual([
    { id: 'a' },
    { error: { code: 'invalid', detail: expect.any(String), pointer: '/type' } },
    { id: 'c' },
  ]);
  await ingest.routed(tenantId, 2);
  expect(ingest.deliveriesOf(tenantId).map(({ data }) => data)).toEqual(['{"id":"a"}', '{"id":"c"}']);
});

test('an event must match the schema of its type, as it was put one call before', async () => {
  const { tenantId, key } = await ingest.aTenant();
  const put = (version: number, schema: unknown) => ingest.putEventType(tenantId, 't', version, schema);
  const post = (data: string, type = 't') => ingest.post(key, `{"type":"${type}","data":${data}}`);
  await put(1, { type: 'object', properties: { id: { type: 'string' }, n: { maximum: 2 } } });
  expect(await post('{"id":1,"n":3}')).toEqual({
    status: 422,
    body: expect.objectContaining({
      code: 'invalid',
      errors: [
        { pointer: '/data/id', code: 'schema_mismatch', detail: '/data/id must be string (string).' },
        { pointer: '/data/n', code: 'schema_mismatch', detail: expect.any(String) },
      ],
    }),
  });
  expect((await post('{"id":1}', 'another')).status).toBe(202);
  for (let version = 2; version < 12; version += 1) {
    await put(version, { properties: { n: { const: version } } });
    expect((await post(`{"n":${version}.0}`)).status, 'loosened').toBe(202);
    expect((await post(`{"n":${version - 1}}`)).status, 'tightened').toBe(422);
  }
  await put(12, null);
  expect((await post('1')).status, 'taken away').toBe(202);
  await ingest.routed(tenantId, 12);
  expect(ingest.deliveriesOf(tenantId)[1]?.data).toBe('{"n":2.0}');
});

test('of a batch the events that do not match their schema are refused alone', async () => {
  const { tenantId, key } = await ingest.aTenant();
  await ingest.putEventType(tenantId, 't', 1, { required: ['id'] });
  const event = (id: string, data: object) => ({ specversion: '1.0', id, source: '/s', type: 't', data });
  const body = JSON.stringify([event('a', { id: 1 }), event('b', {}), event('c', { id: 1 })]);
  const answer = await ingest.post(key, body, { 'content-type': 'application/cloudevents-batch+json' });
  expect(answer.body.items).toMatchObject([{ id: 'a' }, { error: { code: 'invalid', pointer: '/data' } }, { id: 'c' }]);
});

test('the events of a tenant that has spent its quota are refused before a byte of them has come', async () => {
  const { key } = await ingest.aTenant();
  const limits = { HOOKSTILE_EVENTS_PER_SECOND: '1', HOOKSTILE_EVENTS_BURST: '1' };
  const door = await ingest.start({ HOOKSTILE_INGEST_ROLES: 'front-door', ...limits });
  try {
    const event = { specversion: '1.0', source: '/s', type: 't', data: 1 };
    const batch = JSON.stringify(Array.from({ length: 30 }, (_, n) => ({ ...event, id: `b${n}` })));
    const taken = await ingest.postTo(door, key, batch, { 'content-type': 'application/cloudevents-batch+json' });
    expect(taken.status, 'a batch that is larger than the burst, which is paid for afterwards').toBe(202);
    const { hostname, port } = new URL(door.url);
    const client = connect(Number(port), hostname);
    let answer = '';
    client.on('data', (chunk) => {
      answer += chunk;
    });
    client.write(
      `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 200000\r\n\r\n`,
    );
    await until(() => answer.includes('"code":"rate_limited"'), { what: 'the refusal' });
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toMatch(/\r\nretry-after: \d+\r\n/);
    client.destroy();
  } finally {
    await door.stop();
  }
});

test('a tenant that sends too much is told so with 429, and others go on as before', async () => {
  const [noisy, quiet] = await Promise.all([ingest.aTenant(), ingest.aTenant()]);
  const limits = { HOOKSTILE_EVENTS_PER_SECOND: '1', HOOKSTILE_EVENTS_BURST: '20' };
  const door = await ingest.start({ HOOKSTILE_INGEST_ROLES: 'front-door', ...limits });
  try {
    const sendAll = ({ key }: { key: string }, count: number) =>
      Promise.all(Array.from({ length: count }, () => ingest.postTo(door, key, '{"type":"t","data":1}')));
    const [refusable, taken] = await Promise.all([sendAll(noisy, 60), sendAll(quiet, 19)]);
    const codes = refusable.map(({ status, body }) => body.code ?? status);
    expect(codes.filter((code) => code === 202).length).toBeLessThan(30);
    expect(new Set(codes)).toEqual(new Set([202, 'rate_limited']));
    expect(new Set(taken.map(({ status }) => status))).toEqual(new Set([202]));
    const event = { specversion: '1.0', source: '/s', type: 't', data: 1 };
    const batch = JSON.stringify(Array.from({ length: 30 }, (_, n) => ({ ...event, id: `b${n}` })));
    const answer = await fetch(`${door.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${noisy.key}`, 'content-type': 'application/cloudevents-batch+json' },
      body: batch,
    });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('ratelimit-policy')).toBe('"events";q=20;w=20');
    expect(answer.headers.get('ratelimit')).toMatch(/^"events";r=\d+;t=\d+$/);
  } finally {
    await door.stop();
  }
});
