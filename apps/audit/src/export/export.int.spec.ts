import { decisionsV1, domainEventsV1 } from '@hookstile/contracts';
import { aDelivery, until } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditUnderTest, KEYS } from '../audit-under-test.js';
import {
  deliveryRecord,
  journalRecord,
  routingRecord,
  sampleAttempt,
  sampleDecision,
  sampleFact,
  sampleRouting,
} from '../project/sample-records.js';

const LISTS = ['event-log', 'deliveries', 'events', 'audit-log', 'activity-log'];
const BULK = 2_500;
const today = new Date().toISOString().slice(0, 10);

/** Attempts of one moment, so that pages part them by their ids. */
const bulk = (tenantId: string) => `insert into attempts (attempt_id, tenant_id, integration_id, delivery_id, event_id,
    event_source, event_type, at, epoch, attempt, redelivery_offset, trigger, outcome, duration_ms, late, method, url, request_headers,
    request_truncated, response_truncated)
  select 'att_' || n, '${tenantId}', 'int_1', 'dlv_${tenantId}_' || n, 'evt', '/s', 't', '${today}', 1, 1, 0, 'event',
    'failed', 1, false, 'POST', 'https://example.com', '[]', false, false from generate_series(1, ${BULK}) n`;

describe('exports on a real broker and database', () => {
  let audit: AuditUnderTest;
  const ask = (path: string, headers: Record<string, string> = {}, key = KEYS.viewer, signal?: AbortSignal) =>
    fetch(`${audit.service.url}/v1/${path}`, {
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(signal ? { signal } : {}),
    });
  const linesOf = async (path: string) => {
    const text = await (await ask(path)).text();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };

  beforeAll(async () => {
    audit = await AuditUnderTest.create();
    const delivery = aDelivery({ event: { id: 'evt_1', acceptedAt: new Date().toISOString() } });
    await audit.publish('routings', routingRecord(sampleRouting([delivery])));
    await audit.publish('deliveries', deliveryRecord(delivery));
    await audit.publish('attempts', journalRecord(sampleAttempt(delivery), '{}', 'ok'));
    const fact = sampleFact();
    await audit.publish('domain-events', domainEventsV1.encode(fact.aggregateId, fact));
    const decision = sampleDecision({ reason: '=1+1' });
    await audit.publish('decisions', decisionsV1.encode(decision.ruleId, decision));
    const isShown = async (list: string) => (await audit.get(list)).body.items.length === 1;
    for (const list of LISTS) await until(() => isShown(list), { what: list });
    await audit.rows(bulk('ten_2'));
  });
  afterAll(() => audit?.destroy());

  it.each(LISTS)('of %s have, a line each, the items that its pages have', async (list) => {
    expect(await linesOf(`${list}?format=ndjson`)).toEqual((await audit.get(list)).body.items);
  });

  it('of statistics have their items, without what is said of all', async () => {
    expect(await linesOf('stats?format=ndjson')).toEqual((await audit.get('stats')).body.items);
    expect((await ask('stats?format=csv&limit=1')).status).toBe(400);
  });

  it('have every row, however many pages it takes', async () => {
    const text = await (await ask('event-log', { accept: 'application/x-ndjson' }, KEYS.other)).text();
    const ids = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id as string);
    expect([ids.length, new Set(ids).size]).toEqual([BULK, BULK]);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  it('are files of CSV that no spreadsheet calculates with', async () => {
    const response = await ask('activity-log?decision=denied', { accept: 'text/csv' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': expect.stringMatching(/^attachment; filename="hookstile-activity-log-\d{8}T\d{6}Z\.csv"$/),
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const [header, line, end] = (await response.text()).split('\r\n');
    expect(header).toMatch(/^id,at,ruleId,/);
    expect(line).toContain(",'=1+1,");
    expect(end).toBe('');
  });

  it.each([
    ['deliveries?format=xml', {}, 400, 'malformed'],
    ['deliveries?format=csv&limit=10', {}, 400, 'malformed'],
    ['deliveries?cursor=abc', { accept: 'text/csv' }, 400, 'malformed'],
    ['deliveries?format=csv&status=odd', {}, 400, 'malformed'],
    ['deliveries', { accept: 'text/html' }, 406, 'not_acceptable'],
  ])('are refused for %s with %j', async (path, headers, status, code) => {
    const response = await ask(path, headers);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect((await ask('deliveries?format=csv', {}, KEYS.producer)).status).toBe(403);
  });

  it('end their statement when their reader goes', async () => {
    const { url, schema } = audit.database;
    const other = new DataSource({ type: 'postgres', url, schema });
    await other.initialize();
    const runner = other.createQueryRunner();
    const waiting = () =>
      other.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%from attempts%'
        and pg_blocking_pids(pid) <> '{}'`);
    try {
      await runner.startTransaction();
      await runner.query(`lock table ${schema}.attempts in access exclusive mode`);
      const leaving = new AbortController();
      const answer = ask('event-log?format=csv', {}, KEYS.viewer, leaving.signal).catch(() => null);
      await until(async () => (await waiting()).length === 1);
      leaving.abort();
      expect(await answer).toBeNull();
      await until(async () => (await waiting()).length === 0);
    } finally {
      await runner.rollbackTransaction();
      await other.destroy();
    }
    expect((await ask('event-log?format=csv')).status).toBe(200);
  });
});
