import { type Delivery, domainEventsV1 } from '@hookstile/contracts';
import { encodeCursor } from '@hookstile/service-runtime';
import { aDelivery, until } from '@hookstile/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditUnderTest, KEYS } from './audit-under-test.js';
import { EVENT_LOG_STORE } from './event-log/event-log.store.js';
import {
  deliveryRecord,
  EXHAUSTED_ATTEMPT,
  FAILED,
  journaled,
  journalRecord,
  routingRecord,
  sampleAttempt,
  sampleFact,
  sampleHeld,
  sampleRouting,
  sampleSkipped,
} from './project/sample-records.js';
import { READ_POOL } from './read/read.bounds.js';
import type { ViewReader } from './read/view-reader.js';
import { VIEWS } from './read/view-tables.js';

const VIEW_TIMEOUT_MS = 12_000;

describe('audit on a real broker and database', () => {
  let audit: AuditUnderTest;
  const publish: AuditUnderTest['publish'] = (...given) => audit.publish(...given);
  const get = (path: string, key?: string) => audit.get(path, key);
  const rows = (statement: string) => audit.rows(statement);
  const items = async (path: string) => (await get(path)).body.items;
  const deliveryOf = (id: string, sourceOffset: number, type = 'device.compliant'): Delivery =>
    aDelivery({ event: { id, type, acceptedAt: new Date().toISOString() }, sourceOffset });
  const now = () => ({ at: new Date().toISOString() });

  beforeAll(async () => {
    audit = await AuditUnderTest.create();
  });
  afterAll(() => audit?.destroy());

  it('shows an event, its delivery and its attempt soon after the records', async () => {
    const delivery = deliveryOf('evt_shown', 1);
    const { deliveryId } = delivery.envelope;
    await publish('routings', routingRecord(sampleRouting([delivery])));
    await publish('deliveries', deliveryRecord(delivery));
    await until(async () => (await get(`deliveries/${deliveryId}`)).status === 200, {
      timeoutMs: VIEW_TIMEOUT_MS,
    });
    expect((await get(`deliveries/${deliveryId}`)).body).toMatchObject({ status: 'pending', attemptCount: 0 });
    const attempt = sampleAttempt(delivery, now());
    await publish('attempts', journalRecord(attempt, '{"n":1,"token":"abc"}', 'ok'));
    await until(async () => (await get(`deliveries/${deliveryId}`)).body.status === 'delivered');
    expect((await get(`event-log/${attempt.attemptId}`)).body).toMatchObject({
      id: attempt.attemptId,
      deliveryId,
      deliveryIds: [deliveryId],
      eventId: 'evt_shown',
      attempt: 1,
      trigger: 'event',
      outcome: 'succeeded',
      httpStatus: 200,
      error: null,
      durationMs: 12.5,
      traceId: attempt.traceId,
      late: false,
      request: {
        method: 'POST',
        url: 'https://example.com/hook',
        body: '{"n":1,"token":"***"}',
        bodyEncoding: 'utf8',
        truncated: false,
      },
      response: { headers: { 'content-type': 'text/plain' }, body: 'ok', bodyEncoding: 'utf8', truncated: false },
    });
    const [fate] = await items('events?eventId=evt_shown');
    expect(fate).toMatchObject({
      outcome: 'routed',
      via: 'http',
      deliveries: [{ id: deliveryId, integrationId: 'int_1', status: 'delivered' }],
    });
  });

  it('leaves bodies out of lists and keeps them in the single row', async () => {
    const [line] = await items('event-log?eventId=evt_shown');
    expect(line.request).not.toHaveProperty('body');
    expect(line.request.headers['webhook-id']).toBe(line.deliveryId);
    expect(line.response).not.toHaveProperty('body');
  });

  it('narrows the event log by each of its filters', async () => {
    const delivery = deliveryOf('evt_filtered', 2, 'device.non_compliant');
    const { deliveryId } = delivery.envelope;
    const failed = sampleAttempt(delivery, { ...now(), ...FAILED });
    await publish('routings', routingRecord(sampleRouting([delivery])));
    await publish('attempts', journalRecord(failed, '{}', 'no'));
    await until(async () => (await get(`event-log/${failed.attemptId}`)).status === 200);
    await until(async () => (await items('events?eventId=evt_filtered')).length === 1);
    const found = async (query: string) => (await items(`event-log?${query}`)).map((line: { id: string }) => line.id);
    for (const query of [
      'eventId=evt_filtered',
      `deliveryId=${deliveryId}`,
      'eventType=device.non_compliant',
      'httpStatus=500',
      'outcome=failed',
      'error=http_status',
      'trigger=event&outcome=failed',
      'integrationId=int_1&httpStatus=500',
      'q=NON_COMPLIANT',
      `since=${failed.at}&outcome=failed`,
    ]) {
      expect(await found(query), query).toEqual([failed.attemptId]);
    }
    for (const query of ['integrationId=int_2', 'trigger=test', 'q=%25', `until=${failed.at}&outcome=failed`]) {
      expect(await found(query), query).toEqual([]);
    }
  });

  it('goes on behind a cursor although rows were added meanwhile', async () => {
    const first = await get('deliveries?limit=1');
    expect(first.body.items).toHaveLength(1);
    const late = deliveryOf('evt_between', 3);
    await publish('deliveries', deliveryRecord(late));
    await until(async () => (await get(`deliveries/${late.envelope.deliveryId}`)).status === 200);
    const second = await get(`deliveries?limit=1&cursor=${first.body.nextCursor}`);
    const ids = [...first.body.items, ...second.body.items].map((item) => item.eventId);
    expect(ids).toEqual(['evt_filtered', 'evt_shown']);
    expect(second.body.nextCursor).toBeNull();
  });

  it('answers 404 for an id of another tenant, 403 for a producer and 401 without a valid key', async () => {
    const [delivery] = await items('deliveries?limit=1');
    expect((await get(`deliveries/${delivery.id}`, KEYS.other)).status).toBe(404);
    const [line] = await items('event-log?limit=1');
    expect((await get(`event-log/${line.id}`, KEYS.other)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await get('events', KEYS.other)).body).toEqual({ items: [], nextCursor: null });
    expect((await get('event-log', KEYS.producer)).status).toBe(403);
    expect((await get('event-log', 'hk_unknown')).status).toBe(401);
  });

  it.each([
    'event-log?colour=red',
    'event-log?outcome=odd',
    'event-log?httpStatus=abc',
    'event-log?since=yesterday',
    'event-log?limit=0',
    'event-log?limit=201',
    'event-log?cursor=x',
    'event-log?error=odd',
    'event-log?trigger=odd',
    'deliveries?status=odd',
    'events?outcome=odd',
    'audit-log?since=2026',
    'event-log/att_1_1_1?x=1',
    'event-log?eventId=',
    'deliveries/%00',
    `event-log?cursor=${encodeCursor([Number.MAX_SAFE_INTEGER, 'x'])}`,
    `events?cursor=${encodeCursor([-8_000_000_000_000_000, 'x'])}`,
    `deliveries?cursor=${encodeCursor([1, '\0'])}`,
  ])('refuses %s as malformed', async (path) => {
    expect((await get(path)).body).toMatchObject({ status: 400, code: 'malformed' });
  });

  it('shows held deliveries and lines of the audit log', async () => {
    const held = deliveryOf('evt_held', 4);
    await publish('attempts', journalRecord(sampleHeld(held, { ...now(), deliveries: [journaled(held, 4)] })));
    const fact = sampleFact(now());
    await publish('domain-events', domainEventsV1.encode('int_1', fact));
    await until(async () => (await items('deliveries?status=held')).length === 1);
    expect((await items('deliveries?status=held'))[0]).toMatchObject({
      eventId: 'evt_held',
      reason: 'disabled',
      finishedAt: null,
    });
    await until(async () => (await items('audit-log?action=integration.disabled')).length === 1);
    const [line] = await items('audit-log?subjectType=integration&subjectId=int_1');
    expect(line).toMatchObject({
      id: 'aud_0000000000000007',
      actor: { type: 'system' },
      before: { state: 'enabled' },
      subject: { type: 'integration', id: 'int_1', name: 'SIEM' },
    });
    expect(await items('audit-log?actorId=key_1')).toEqual([]);
  });

  it('shows an attempt of a batch once, found by each of its deliveries, and counts it in each', async () => {
    const batch = ['evt_batch_1', 'evt_batch_2'].map((id, n) => deliveryOf(id, 20 + n));
    const ids = batch.map(({ envelope }) => envelope.deliveryId);
    const [first] = batch;
    if (!first) throw new Error('two were made');
    const deliveries = batch.map((delivery, n) => journaled(delivery, 20 + n));
    const attempt = sampleAttempt(first, { ...now(), ...FAILED, deliveries });
    await publish('attempts', journalRecord(attempt, '[{},{}]', 'no'));
    for (const delivery of batch) await publish('routings', routingRecord(sampleRouting([delivery])));
    for (const id of ids) {
      await until(async () => (await items(`event-log?deliveryId=${id}`)).length === 1);
      const [line] = await items(`event-log?deliveryId=${id}`);
      expect(line).toMatchObject({ id: attempt.attemptId, deliveryId: ids[0], deliveryIds: ids });
      const { body } = await get(`deliveries/${id}`);
      expect(body).toMatchObject({ status: 'pending', reason: 'http_status', attemptCount: 1 });
    }
    await until(async () => (await items('event-log?q=evt_batch_2')).length === 1);
  });

  it('says of an exhausted delivery why nothing happens, and of a skipped one who gave it up', async () => {
    const delivery = deliveryOf('evt_exhausted', 30);
    const { deliveryId } = delivery.envelope;
    const deliveries = [journaled(delivery, 30)];
    const exhausted = sampleAttempt(delivery, { ...now(), ...EXHAUSTED_ATTEMPT, deliveries });
    await publish('attempts', journalRecord(exhausted));
    await until(async () => (await get(`deliveries/${deliveryId}`)).status === 200);
    expect((await get(`deliveries/${deliveryId}`)).body).toMatchObject({
      status: 'pending',
      reason: 'exhausted',
      attemptCount: 1,
      nextAttemptAt: null,
    });
    const skipped = sampleSkipped(delivery, { ...now(), sequence: 2, deliveries });
    await publish('attempts', journalRecord(skipped));
    await until(async () => (await items(`audit-log?subjectId=${deliveryId}`)).length === 1);
    expect((await get(`deliveries/${deliveryId}`)).body).toMatchObject({ status: 'failed', reason: 'skipped' });
    const about = { integrationId: 'int_1', eventId: 'evt_exhausted' };
    expect(await items('audit-log?action=delivery.skipped&actorId=key_1&subjectType=delivery')).toEqual([
      {
        id: `aud_${deliveryId.slice('dlv_'.length)}_30`,
        at: skipped.at,
        actor: { type: 'api_key', id: 'key_1', name: 'ops', role: 'editor' },
        action: 'delivery.skipped',
        subject: { type: 'delivery', id: deliveryId, name: null },
        before: { ...about, status: 'pending', reason: 'exhausted' },
        after: { ...about, status: 'failed', reason: 'skipped' },
        requestId: 'req_1',
      },
    ]);
    const page = await get('audit-log?limit=1');
    const behind = await items(`audit-log?limit=1&cursor=${page.body.nextCursor}`);
    expect([...page.body.items, ...behind].map(({ action }: { action: string }) => action)).toEqual([
      'delivery.skipped',
      'integration.disabled',
    ]);
  });

  it('records a malformed record and reads on', async () => {
    await publish(
      'attempts',
      { key: 'x', headers: { 'hookstile-contract': 'attempts/1' }, value: Buffer.from('?') },
      0,
    );
    const after = deliveryOf('evt_after', 5);
    await publish('attempts', journalRecord(sampleAttempt(after, now())), 0);
    await until(async () => (await get(`deliveries/${after.envelope.deliveryId}`)).body.status === 'delivered');
    expect(await rows('select topic, partition, detail from unreadable_records')).toEqual([
      { topic: 'attempts', partition: 0, detail: 'does not match attempts/1' },
    ]);
  });

  it('brings deleted rows back and changes no other when every topic is read again from its beginning', async () => {
    const tables = ['events', 'deliveries', 'attempts', 'audit_log', 'unreadable_records', 'partition_epochs'];
    // But for the numbers of flushes: a row that is written again is of another flush.
    const all = async () =>
      Promise.all(tables.map((table) => rows(`select to_jsonb(${table}) - 'flush' as row from ${table} order by 1`)));
    const before = await all();
    // What comes back shows that the replay went past all that stayed.
    const gone = 'delete from events; delete from attempts; delete from audit_log; delete from unreadable_records';
    await audit.replay(() => rows(gone));
    await until(
      async () => {
        expect(await all()).toEqual(before);
        return true;
      },
      { timeoutMs: 20_000, intervalMs: 100 },
    );
  }, 60_000);

  it('stores records while searches take every connection that searches get', async () => {
    const { views } = audit.service.app.get<{ views: ViewReader }>(EVENT_LOG_STORE);
    let searching = 2 * READ_POOL.connectionsMax;
    const searches = Array.from({ length: searching }, async () => {
      await views.readOfNobody(VIEWS.sqlOfNobody`select pg_sleep(1.5)`).catch(() => undefined);
      searching -= 1;
    });
    const delivery = deliveryOf('evt_searched', 1_000);
    await publish('deliveries', deliveryRecord(delivery));
    const table = new pg.Client({ connectionString: audit.database.url });
    await table.connect();
    try {
      const sql = `select from ${audit.database.schema}.deliveries where delivery_id = $1`;
      await until(async () => (await table.query(sql, [delivery.envelope.deliveryId])).rowCount === 1);
    } finally {
      await table.end();
    }
    expect(searching).toBe(2 * READ_POOL.connectionsMax);
    await Promise.all(searches);
  });
});
