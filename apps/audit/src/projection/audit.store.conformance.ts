import type { Delivery, EncodedRecord, JournalEnvelope } from '@hookstile/contracts';
import { aDelivery } from '@hookstile/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DeliveryFilters } from '../deliveries/delivery.store.js';
import type { EventLogFilters, EventLogLine } from '../event-log/event-log.store.js';
import type { EventFilters } from '../events/event.store.js';
import type { ProjectedTopic } from '../project/project-record.js';
import { ATTEMPT_OUTCOMES, DELIVERY_STATUSES, EVENT_OUTCOMES } from '../project/rows.js';
import {
  deliveryRecord,
  EXHAUSTED_ATTEMPT,
  FAILED,
  journaled,
  journalRecord,
  received,
  redeliveryRecord,
  routingRecord,
  sampleAttempt,
  sampleDiscarded,
  sampleHeld,
  sampleRedelivery,
  sampleRouting,
  sampleSkipped,
} from '../project/sample-records.js';
import type { StatsQuery } from '../stats/stats.store.js';
import { statsOf } from '../stats/stats-item.js';
import type { AuditStores } from './audit.store.js';
import { writeBatches } from './write-batches.js';

/** Seconds of work on an idle machine, and many times that beside other suites. */
export const HISTORIES_TIMEOUT_MS = 60_000;

export type Log = Record<'routings' | 'deliveries' | 'attempts' | 'redeliveries', EncodedRecord[]>;
export const TOPICS = ['routings', 'deliveries', 'attempts', 'redeliveries'] as const;

/** What the dispatcher may journal next; `take-over` is a new epoch, `late` a record of the owner before it. */
const STEPS = [
  'attempt-failed',
  'delivered',
  'failed',
  'exhausted',
  'batch-failed',
  'skipped',
  'held',
  'discarded',
  'take-over',
  'late',
  'skipped-late',
  'twice',
] as const;
const FAILURES: Readonly<Record<string, object>> = {
  'attempt-failed': FAILED,
  'batch-failed': FAILED,
  failed: { ...FAILED, push: 'failed', nextAttemptAt: null },
  exhausted: EXHAUSTED_ATTEMPT,
};
export const scenario = fc.record({
  deliveries: fc.integer({ min: 1, max: 3 }),
  routedTwice: fc.boolean(),
  redelivered: fc.array(fc.record({ which: fc.nat(2), delivered: fc.boolean(), twice: fc.boolean() }), {
    maxLength: 3,
  }),
  steps: fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(2)), { maxLength: 12 }),
});
/** How readers go through the log: which topic, how far, and how far back first. */
const reads = fc.array(
  fc.record({ topic: fc.constantFrom(...TOPICS), back: fc.nat(6), count: fc.integer({ min: 1, max: 5 }) }),
  { maxLength: 15 },
);
const typeOf = (n: number) => (n === 1 ? 'device.deleted' : 'device.compliant');
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;
/** Of an attempt or an ending: in the same minute as others, in the same hour, or in another. */
const minutesOn = (minutes: number) =>
  new Date(Date.parse('2026-01-02T03:04:06.000Z') + minutes * 60_000).toISOString();
type Reads = typeof reads extends fc.Arbitrary<infer T> ? T : never;

function journalOf(deliveries: readonly Delivery[], { steps }: Scenario): EncodedRecord[] {
  let epoch = 1;
  const at = '2026-01-02T03:04:06.000Z';
  const records: JournalEnvelope[] = [{ kind: 'epoch', epoch, owner: 'a', at }];
  const attempts = new Map<Delivery, number>();
  steps.forEach(([step, which], index) => {
    const delivery = deliveries[which % deliveries.length];
    if (!delivery) return;
    const late = step === 'late' || step === 'skipped-late';
    const ended = { epoch: late ? Math.max(1, epoch - 1) : epoch, sequence: index + 1 };
    // The same attempt is of the same time in every record.
    const position = { ...ended, at: minutesOn(17 * ended.epoch + 11 * (attempts.get(delivery) ?? 0)) };
    const members = step === 'batch-failed' ? deliveries.slice(deliveries.indexOf(delivery)) : [delivery];
    const about = { ...position, deliveries: members.map((member) => journaled(member, deliveries.indexOf(member))) };
    const attempt = (attempts.get(delivery) ?? 0) + 1;
    if (step === 'take-over') {
      epoch += 1;
      records.push({ kind: 'epoch', epoch, owner: 'b', at });
    } else if (step === 'held') records.push(sampleHeld(delivery, about));
    else if (step === 'discarded') records.push(sampleDiscarded(delivery, about));
    else if (step === 'skipped' || step === 'skipped-late') records.push(sampleSkipped(delivery, about));
    else if (step === 'twice') records.push(...records.slice(-1));
    else {
      if (step !== 'late') attempts.set(delivery, attempt);
      records.push(sampleAttempt(delivery, { ...about, attempt, ...FAILURES[step] }));
    }
  });
  return records.map((record) => journalRecord(record, 'request', 'response'));
}

/** Deliveries are sent once more behind all that was said of them; a router may write each twice. */
export function logOf(tenantId: string, made: Scenario): Log {
  const { deliveries, ...log } = routedLogOf(tenantId, made);
  const epoch = 1 + made.steps.filter(([step]) => step === 'take-over').length;
  made.redelivered.forEach(({ which, delivered, twice }, sourceOffset) => {
    const delivery = deliveries[which % deliveries.length];
    if (!delivery) return;
    const asked = redeliveryRecord(sampleRedelivery(delivery, { endedOffset: which % deliveries.length }));
    log.redeliveries.push(asked, ...(twice ? [asked] : []));
    const again: Delivery = {
      ...delivery,
      envelope: { ...delivery.envelope, trigger: 'redelivery', sourceOffset },
    };
    const offset = log.routed.length;
    log.routed.push(deliveryRecord(again), ...(twice ? [deliveryRecord(again)] : []));
    const failure = delivered ? {} : FAILURES.failed;
    const about = { epoch, sequence: made.steps.length + sourceOffset + 1, deliveries: [journaled(again, offset)] };
    const attempt = sampleAttempt(again, { trigger: 'redelivery', ...about, ...failure });
    log.attempts.push(journalRecord(attempt, 'request', 'response'));
  });
  return { routings: log.routings, deliveries: log.routed, attempts: log.attempts, redeliveries: log.redeliveries };
}

function routedLogOf(tenantId: string, made: Scenario) {
  const deliveries = Array.from({ length: made.deliveries }, (_, n) =>
    aDelivery({ event: { tenantId, id: `evt_${n}`, type: typeOf(n) }, sourceOffset: n }),
  );
  const routings = deliveries.map((delivery) => routingRecord(sampleRouting([delivery])));
  const routed = deliveries.map(deliveryRecord);
  const attempts = journalOf(deliveries, made);
  const redeliveries: EncodedRecord[] = [];
  if (!made.routedTwice) return { deliveries, routings, routed, attempts, redeliveries };
  // The router died before it remembered what it had routed, and meanwhile integrations came and went.
  const others = deliveries.map(({ envelope: { event, sourceOffset } }) =>
    aDelivery({ event, sourceOffset, integrationId: 'int_2' }),
  );
  const again = others.map((other, n) =>
    routingRecord(sampleRouting([other], n % 2 === 0 ? {} : { outcome: 'filtered', deliveries: [] })),
  );
  const writtenAgain = deliveries.flatMap((delivery, n) => [delivery, ...others.slice(n, n % 2 === 0 ? n + 1 : n)]);
  return {
    deliveries,
    routings: [...routings, ...again],
    routed: [...routed, ...writtenAgain.map(deliveryRecord)],
    attempts,
    redeliveries,
  };
}

async function read(stores: AuditStores, log: Log, topic: keyof Log, from: number, to: number, partition: number) {
  const records = log[topic].slice(from, to).map((record, index) => received(record, from + index, partition));
  await writeBatches(stores.projections, [{ topic: topic as ProjectedTopic, records }]);
}

export async function readAll(stores: AuditStores, log: Log, partition: number): Promise<void> {
  const batches = TOPICS.map((topic) => ({
    topic,
    records: log[topic].map((record, offset) => received(record, offset, partition)),
  }));
  await writeBatches(stores.projections, batches);
}

async function readInPieces(stores: AuditStores, log: Log, plan: Reads, partition: number): Promise<void> {
  const next: Record<keyof Log, number> = { routings: 0, deliveries: 0, attempts: 0, redeliveries: 0 };
  for (const { topic, back, count } of plan) {
    const from = Math.max(0, next[topic] - back);
    const to = Math.min(log[topic].length, from + count);
    await read(stores, log, topic, from, to, partition);
    next[topic] = to;
  }
  for (const topic of TOPICS) await read(stores, log, topic, next[topic], log[topic].length, partition);
}

/** Every list as it stands, narrowed in several ways, and gone through page by page. */
export async function viewsOf(stores: AuditStores, tenantId: string) {
  const all = { limit: 200, after: null };
  const { rows: eventLog } = await stores.eventLog.list(tenantId, {}, all);
  const { rows: deliveries } = await stores.deliveries.list(tenantId, {}, all);
  const { rows: events } = await stores.events.list(tenantId, {}, all);
  return {
    auditLog: await stores.auditLog.list(tenantId, {}, all),
    eventLog,
    deliveries,
    deliveryRows: await Promise.all(deliveries.map(({ deliveryId }) => stores.deliveries.find(tenantId, deliveryId))),
    events,
    narrowedEventLog: await Promise.all(
      EVENT_LOG_FILTERS.map((filters) => stores.eventLog.list(tenantId, filters, all)),
    ),
    ofDelivery: await stores.eventLog.list(tenantId, { deliveryId: deliveries[0]?.deliveryId ?? '' }, all),
    attempt: await stores.eventLog.get(tenantId, eventLog[0]?.attemptId ?? ''),
    narrowedDeliveries: await Promise.all(
      DELIVERY_FILTERS.map((filters) => stores.deliveries.list(tenantId, filters, all)),
    ),
    stats: await Promise.all(
      STATS_QUERIES.map(async (query) => statsOf(query, await stores.stats.read(tenantId, query))),
    ),
    narrowedEvents: await Promise.all(EVENT_FILTERS.map((filters) => stores.events.list(tenantId, filters, all))),
    behind: await stores.eventLog.list(tenantId, {}, { limit: 1, after: middleOf(eventLog) }),
  };
}

const EVENT_LOG_FILTERS: readonly EventLogFilters[] = [
  ...ATTEMPT_OUTCOMES.map((outcome) => ({ outcome })),
  { eventId: 'evt_1', integrationId: 'int_1' },
  { error: 'http_status' },
  { httpStatus: 200, trigger: 'event' },
  { trigger: 'redelivery' },
  { q: 'EVT_0' },
  { eventType: 'device.deleted' },
  { since: Date.parse('2026-01-02T03:04:06.000Z'), eventType: 'device.compliant' },
  { until: Date.parse('2026-01-02T03:04:06.000Z') },
];
const DELIVERY_FILTERS: readonly DeliveryFilters[] = [
  ...DELIVERY_STATUSES.map((status) => ({ status })),
  { eventId: 'evt_1' },
  { integrationId: 'int_1', eventType: 'device.compliant' },
];
const EVENT_FILTERS: readonly EventFilters[] = [
  ...EVENT_OUTCOMES.map((outcome) => ({ outcome })),
  { eventId: 'evt_1', source: '/devices' },
];
const HOUR_MS = 3_600_000;
const DAY_MS = Date.parse('2026-01-02T00:00:00.000Z');
const STATS_QUERIES: readonly StatsQuery[] = [
  { integrationId: null, bucket: 'minute', fromMs: DAY_MS + 3 * HOUR_MS, toMs: DAY_MS + 6 * HOUR_MS },
  { integrationId: 'int_1', bucket: 'hour', fromMs: DAY_MS, toMs: DAY_MS + 5 * HOUR_MS },
];

function middleOf(lines: readonly EventLogLine[]) {
  const line = lines[Math.floor(lines.length / 2)];
  return line ? { atMs: line.atMs, key: line.attemptId } : null;
}

/** `reference` is read straight through, `stores` in pieces, out of step and from earlier offsets again. */
export function replayConformance(make: { stores(): AuditStores; reference(): AuditStores; runs: number }): void {
  const title = 'ends in the same rows however topics interleave and from whatever earlier offset they are read again';
  it(title, { timeout: HISTORIES_TIMEOUT_MS }, async () => {
    let run = 0;
    const property = fc.asyncProperty(scenario, reads, async (made, plan) => {
      // A tenant and a partition of their own keep the runs apart in one database.
      run += 1;
      const [tenantId, partition] = [`ten_${run}`, run];
      const [stores, reference] = [make.stores(), make.reference()];
      const log = logOf(tenantId, made);
      await readAll(reference, log, partition);
      await readInPieces(stores, log, plan, partition);
      const views = await viewsOf(stores, tenantId);
      expect(views).toEqual(await viewsOf(reference, tenantId));
      await readAll(stores, log, partition);
      expect(await viewsOf(stores, tenantId)).toEqual(views);
    });
    await fc.assert(property, { numRuns: make.runs });
  });
}
