import { type Delivery, decisionsV1, domainEventsV1, integrationSignalsV1, topicName } from '@hookstile/contracts';
import { deleteRecordsBelow } from '@hookstile/messaging/testing';
import { type Clock, MASKED_NAMES_DEFAULT, PayloadMask, systemClock } from '@hookstile/service-runtime';
import { aDelivery, testBrokers, until } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditUnderTest, PARTITIONS } from '../audit-under-test.js';
import type { KeptDays } from '../partitions/kept-since.js';
import { DAY_MS, dayOf } from '../partitions/utc-day.js';
import {
  deliveryRecord,
  FAILED,
  journaled,
  journalRecord,
  redeliveryRecord,
  routingRecord,
  sampleAttempt,
  sampleDecision,
  sampleFact,
  sampleHeld,
  sampleRedelivery,
  sampleRouting,
  sampleSkipped,
} from '../project/sample-records.js';
import { COMPARED_TABLES, NOT_COMPARED } from './compared-tables.js';
import type { Compared } from './comparison.js';
import { rebuild } from './rebuild.js';
import { exitCodeOf, rebuildReport } from './rebuild-report.js';

const KEPT_FOR_EVER = { events: 0, attempts: 0, 'activity-log': 0 };

/** Of each table a change of what a row says, and of its key, so that a copy is another row. */
const CORRUPTIONS: Readonly<Record<string, [change: string, other: object]>> = {
  events: [`outcome = 'filtered'`, { event_id: 'evt_other' }],
  deliveries: [`reason = 'corrupted'`, { delivery_id: 'dlv_other' }],
  attempts: [`request_body = 'corrupted'`, { delivery_id: 'dlv_other', attempt_id: 'att_other_1_1' }],
  audit_log: [`actor_id = 'corrupted'`, { id: 'aud_0000000000000099' }],
  activity_log: [`decision = 'granted'`, { id: 'dec_other' }],
  integration_signals: [`reason = 'corrupted'`, { sequence: 99 }],
  partition_epochs: ['first_offset = first_offset + 1', { epoch: 99 }],
  delivery_marks: [`integration_id = 'int_other'`, { source_partition: 99 }],
  unreadable_records: [`detail = 'corrupted'`, { record_offset: 99 }],
  stats_minutes: ['succeeded = succeeded + 1', { integration_id: 'int_other' }],
  stats_hours: ['ended = ended + 1', { integration_id: 'int_other' }],
  delivery_backlog: ['held = held + 1', { integration_id: 'int_other' }],
};

describe('a rebuild of audit', () => {
  let audit: AuditUnderTest;
  let published = 0;

  const rows = (statement: string) => audit.rows(statement);
  const run = (
    repair: boolean,
    maskedNames = MASKED_NAMES_DEFAULT,
    { keptDays, clock }: { keptDays: KeptDays; clock: Clock } = { keptDays: KEPT_FOR_EVER, clock: systemClock },
  ) =>
    rebuild({
      databaseUrl: audit.database.url,
      schema: audit.database.schema,
      openShadow: (schema) => {
        const extra = { options: `-c search_path=${schema}` };
        return new DataSource({ type: 'postgres', url: audit.database.url, extra }).initialize();
      },
      messaging: audit.messaging,
      prefix: audit.prefix,
      partitionCount: PARTITIONS,
      keptDays,
      mask: new PayloadMask(maskedNames),
      clock,
      repair,
    });
  const kindsOf = (compared: readonly Compared[] | null) =>
    Object.fromEntries(
      (compared ?? [])
        .filter(({ differing }) => differing.length > 0)
        .map(({ name, differing }) => [name, differing.map(({ difference, count }) => `${count} ${difference}`)]),
    );

  /** An event with what follows from it; in the end it is delivered, held, or waits for its next attempt. */
  async function emit(end: 'delivered' | 'held' | 'pending', at = new Date().toISOString()): Promise<Delivery> {
    published += 1;
    const n = published;
    const delivery = aDelivery({ event: { id: `evt_${n}`, acceptedAt: at }, sourceOffset: n });
    const about = { at, deliveries: [journaled(delivery, n)] };
    await audit.publish('routings', routingRecord(sampleRouting([delivery])));
    await audit.publish('deliveries', deliveryRecord(delivery));
    const failed = sampleAttempt(delivery, { ...about, ...FAILED, sequence: 2 * n });
    await audit.publish('attempts', journalRecord(failed, '{"token":1}', 'no'));
    const last = {
      delivered: () => sampleAttempt(delivery, { ...about, sequence: 2 * n + 1, attempt: 2 }),
      held: () => sampleHeld(delivery, { ...about, sequence: 2 * n + 1 }),
      pending: () => null,
    }[end]();
    if (last) await audit.publish('attempts', journalRecord(last, '{"n":1}', 'yes'));
    return delivery;
  }

  beforeAll(async () => {
    audit = await AuditUnderTest.create();
    const now = { at: new Date().toISOString() };
    const [, , pending] = [await emit('delivered'), await emit('held'), await emit('pending')];
    const about = { ...now, sequence: 99, deliveries: [journaled(pending, 3)] };
    await audit.publish('attempts', journalRecord(sampleSkipped(pending, about)));
    await emit('pending');
    await audit.publish('redeliveries', redeliveryRecord(sampleRedelivery(pending)));
    await audit.publish('domain-events', domainEventsV1.encode('int_1', sampleFact(now)));
    await audit.publish('decisions', decisionsV1.encode('rul_1', sampleDecision(now)));
    const signal = { tenantId: 'ten_1', integrationId: 'int_1', enablement: 2, consecutiveFailures: 100, sequence: 7 };
    const failing = { type: 'failing', ...signal, reason: null, ...now, traceparent: null } as const;
    await audit.publish('integration-signals', integrationSignalsV1.encode('int_1', failing));
    await audit.publish('decisions', { key: 'x', headers: {}, value: Buffer.from('?') }, 0);
    await until(async () => (await rows('select from unreadable_records')).length === 1);
    await until(async () => (await rows('select from attempts')).length === 5);
    await until(async () => (await rows('select from audit_log')).length === 3);
  });
  afterAll(() => audit?.destroy());

  it('finds every table as the topics have it, and leaves nothing behind', async () => {
    const rebuilt = await run(false);
    expect(kindsOf(rebuilt.found)).toEqual({});
    expect(exitCodeOf(rebuilt)).toBe(0);
    expect(rebuilt).toMatchObject({ behind: 0, repaired: null });
    expect(rebuildReport(rebuilt, 1_000, false)).toContain('All is identical.');
    expect(await rows(`select from pg_namespace where nspname = '${audit.database.schema}_rebuild'`)).toEqual([]);
  });

  it('finds attempts that were masked by other names', async () => {
    const { found } = await run(false, ['n']);
    expect(Object.keys(kindsOf(found))).toEqual(['attempts']);
  });

  it('looks at every table that there is, but for those that follow from no topic', async () => {
    const found = await rows(`select relname as name from pg_class where relnamespace = current_schema()::regnamespace
      and relkind in ('r', 'p') and not relispartition`);
    const known = [...COMPARED_TABLES.map(({ name }) => name), ...NOT_COMPARED];
    expect(new Set(found.map((table) => (table as { name: string }).name))).toEqual(new Set(known));
    expect(Object.keys(CORRUPTIONS).toSorted()).toEqual(COMPARED_TABLES.map(({ name }) => name).toSorted());
  });

  it('names a row that is missing, one that is extra and one that says something else, and puts each right', async () => {
    const before = await Promise.all(COMPARED_TABLES.map(({ name }) => rows(`select * from ${name} order by 1, 2, 3`)));
    for (const corrupt of ['missing', 'extra', 'differs'] as const) {
      for (const [name, [change, other]] of Object.entries(CORRUPTIONS)) {
        const one = `(select min(t::text) from ${name} as t)`;
        const statement = {
          missing: `delete from ${name} as t where t::text = ${one}`,
          extra: `insert into ${name} select (jsonb_populate_record(t, '${JSON.stringify(other)}')).* from ${name} as t
            where t::text = ${one}`,
          differs: `update ${name} as t set ${change} where t::text = ${one}`,
        }[corrupt];
        await rows(statement);
      }
      const rebuilt = await run(true);
      const found = kindsOf(rebuilt.found);
      for (const name of Object.keys(CORRUPTIONS)) expect(found[name]?.join(), `${name} ${corrupt}`).toContain(corrupt);
      expect(kindsOf(rebuilt.repaired)).toEqual({});
      expect(exitCodeOf(rebuilt)).toBe(0);
    }
    expect(kindsOf((await run(false)).found)).toEqual({});
    const after = await Promise.all(COMPARED_TABLES.map(({ name }) => rows(`select * from ${name} order by 1, 2, 3`)));
    expect(after.map((table) => table.length)).toEqual(before.map((table) => table.length));
  }, 120_000);

  it('changes nothing without being told to, and then says that something differs', async () => {
    await rows(`update attempts set url = 'https://other'`);
    const rebuilt = await run(false);
    expect(exitCodeOf(rebuilt)).toBe(1);
    expect(rebuildReport(rebuilt, 1_000, false)).toMatch(/differs: 5 {2}\d.*:dlv_/);
    expect(await rows(`select from attempts where url = 'https://other'`)).toHaveLength(5);
    await run(true);
  });

  it('puts the backlog right together with the deliveries that it counts', async () => {
    await rows('delete from deliveries');
    await rows('update delivery_backlog set pending = 0, held = 0');
    const { repaired } = await run(true);
    expect(kindsOf(repaired)).toEqual({});
    expect(kindsOf((await run(false)).found)).toEqual({});
  });

  it('keeps what the live tail has shown of a row that it puts right, and shows none that it brings back', async () => {
    await rows(`update attempts set error_detail = 'corrupted' where attempt = 2`);
    await rows('delete from attempts where attempt = 1');
    const [shown] = (await rows('select flush from attempts where attempt = 2')) as { flush: string }[];
    await run(true);
    expect(await rows('select distinct flush from attempts where attempt = 2')).toEqual([shown]);
    expect(await rows('select distinct flush from attempts where attempt = 1')).toEqual([{ flush: null }]);
  });

  it('misses no row of the oldest day that is kept, for it may be dropped at midnight before all is compared', async () => {
    const beforeMidnight = (dayOf(Date.now()) + 31) * DAY_MS - 1_000;
    const keptDays = { events: 30, attempts: 30, 'activity-log': 30 };
    for (const table of ['events', 'attempts', 'activity_log']) await rows(`delete from ${table}`);
    await rows(`delete from deliveries where status not in ('pending', 'held')`);
    const clock = { ...systemClock, nowMs: () => beforeMidnight };
    expect(kindsOf((await run(false, MASKED_NAMES_DEFAULT, { keptDays, clock })).found)).toEqual({});
    expect(Object.keys(kindsOf((await run(true)).found))).toEqual(['events', 'deliveries', 'attempts', 'activity_log']);
  });

  it('takes what is projected meanwhile for no difference', async () => {
    let running = true;
    const service = (async () => {
      while (running) for (const end of ['delivered', 'held', 'pending'] as const) await emit(end);
    })();
    try {
      for (let n = 0; n < 2; n += 1) expect(kindsOf((await run(false)).found)).toEqual({});
    } finally {
      running = false;
      await service;
    }
    await until(async () => (await run(false)).behind === 0);
  }, 60_000);

  it('says what the topics hold no more, and calls no row of it wrong', async () => {
    for (const topic of ['attempts', 'deliveries'] as const) {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const place = { topic: topicName(audit.prefix, topic), partition };
        await deleteRecordsBelow(testBrokers(), { ...place, offset: await audit.messaging.endOffset(place) });
      }
    }
    const rebuilt = await run(false);
    expect(kindsOf(rebuilt.found)).toEqual({});
    expect([...rebuilt.cut].toSorted()).toEqual(['attempts', 'deliveries']);
    expect(rebuilt.unknown.get('attempts')).toBeGreaterThan(4);
    expect(rebuildReport(rebuilt, 1_000, false)).toContain('rows are of records that no topic holds any more');
    await rows('delete from events');
    expect(Object.keys(kindsOf((await run(false)).found))).toEqual(['events']);
  });
});
