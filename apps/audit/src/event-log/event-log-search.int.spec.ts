import type { Delivery } from '@hookstile/contracts';
import { aDelivery, createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditService } from '../audit.module.js';
import {
  FAILED,
  journaled,
  journalRecord,
  received,
  routingRecord,
  sampleAttempt,
  sampleRouting,
} from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { typeormStores } from '../projection/audit.store.typeorm.js';
import { writeBatches } from '../projection/write-batches.js';
import { isBehind, type ListPosition, newestFirst } from '../read/list-page.js';
import { ViewReader } from '../read/view-reader.js';
import type { EventLogFilters, EventLogLine } from './event-log.store.js';
import { TypeormEventLogStore } from './event-log.store.typeorm.js';
import { isShown } from './event-log-filter.js';

const TENANT = 'ten_1';
const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-02-01T12:00:00.000Z');
const ATTEMPTS = 150;
const RUNS = 60;
/** Seconds of work on an idle machine, and many times that beside other suites. */
const PAGES_TIMEOUT_MS = 60_000;
/** So few that most pages with several filters give up. */
const BOUNDS = { lookedMax: 7, countedMax: 5 };
const TYPES = ['device.compliant', 'Device.Deleted', 'user.created', 'rare.one'];
const INTEGRATIONS = ['int_01kxyzaaaa', 'int_01kxyzaabb', 'int_01kxyzcccc'];
const FAILURES = [
  { ...FAILED, errorDetail: 'The endpoint answered 500.' },
  { ...FAILED, httpStatus: 418, errorDetail: 'The endpoint answered 418.' },
  { ...FAILED, httpStatus: null, error: 'connect', errorDetail: 'connect ECONNREFUSED 192.0.2.7:443' },
  { ...FAILED, httpStatus: null, error: 'dns', errorDetail: `getaddrinfo ENOTFOUND ${'x'.repeat(1_900)}.example` },
] as const;

const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;
const positionOf = ({ atMs, attemptId: key }: EventLogLine): ListPosition => ({ atMs, key });

function madeDelivery(n: number): Delivery {
  const event = { tenantId: TENANT, id: n % 3 === 0 ? `Order-${n}` : `evt_${n}`, type: pick(TYPES, (n * n) % 7) };
  return aDelivery({ event, integrationId: pick(INTEGRATIONS, n % 5), sourceOffset: n });
}

/** Several share a moment, and they lie in days that different windows show. */
const momentOf = (n: number) => NOW_MS - Math.floor(((n * n) % 997) / 5) * (DAY_MS / 10);

function madeAttempt(n: number, atMs: number) {
  const first = madeDelivery(n);
  const trigger = n % 11 === 0 ? 'test' : n % 13 === 0 ? 'redelivery' : 'event';
  const isBatch = n % 6 === 0 && trigger !== 'test';
  const members = isBatch ? [first, madeDelivery(n + 10_000), madeDelivery(n + 20_001)] : [first];
  const deliveries = members.map((member, offset) => journaled(member, n * 3 + offset));
  const traceId = n.toString(16).padStart(32, '0');
  const outcome = n % 4 === 0 ? pick(FAILURES, n / 4) : {};
  const at = new Date(atMs).toISOString();
  return { members, attempt: sampleAttempt(first, { at, deliveries, trigger, traceId, ...outcome }) };
}

async function write(stores: AuditStores, made: readonly ReturnType<typeof madeAttempt>[]): Promise<void> {
  const routed = made.filter(({ attempt }) => attempt.trigger !== 'test').flatMap(({ members }) => members);
  await writeBatches(stores.projections, [
    { topic: 'routings', records: routed.map((one, n) => received(routingRecord(sampleRouting([one])), n)) },
    { topic: 'attempts', records: made.map(({ attempt }, n) => received(journalRecord(attempt, 'in', 'out'), n)) },
  ]);
}

const aMember = fc.integer({ min: 0, max: ATTEMPTS + 5 }).map(madeDelivery);
const q = fc.oneof(
  fc.constantFrom('DEVICE', 'deleted', 'rare', 'order-', 'Order-12', 'EVT_1', 'connect', 'enotfound', '418', 'nothing'),
  fc.constantFrom('int_', 'int_01kxyzaa', 'att_', 'd', '0'.repeat(32), `${'0'.repeat(30)}1c`),
  fc.tuple(aMember, fc.integer({ min: 4, max: 30 })).map(([one, length]) => one.envelope.deliveryId.slice(0, length)),
  aMember.map(({ envelope }) => envelope.deliveryId.replace('dlv_', 'ATT_')),
);
const filters: fc.Arbitrary<EventLogFilters> = fc.record(
  {
    q,
    integrationId: fc.constantFrom(...INTEGRATIONS, 'int_none'),
    eventId: aMember.map(({ envelope }) => envelope.event.id),
    deliveryId: aMember.map(({ envelope }) => envelope.deliveryId),
    eventType: fc.constantFrom(...TYPES, 'none'),
    httpStatus: fc.constantFrom(200, 418, 500),
    outcome: fc.constantFrom('succeeded' as const, 'failed' as const),
    error: fc.constantFrom('connect', 'dns', 'tls'),
    trigger: fc.constantFrom('event', 'redelivery', 'test'),
    since: fc.constantFrom(NOW_MS - 11 * DAY_MS, NOW_MS - DAY_MS),
    until: fc.constantFrom(NOW_MS - DAY_MS, NOW_MS - 10 * DAY_MS),
  },
  { requiredKeys: [] },
);
/** One or two at a time: with all of them nothing is left. */
const someFilters = fc
  .tuple(filters, fc.integer({ min: 0, max: 2 }), fc.nat())
  .map(([all, count, from]): EventLogFilters => {
    const entries = Object.entries(all);
    const turned = entries.map((_, n) => pick(entries, n + from));
    return Object.fromEntries(turned.slice(0, count));
  });

/** What chance seldom draws: tests by their events, a batch by what only its last member has. */
const LAST_OF_A_BATCH = madeDelivery(20_013).envelope;
const EXAMPLES: [EventLogFilters, number][] = [
  [{ q: 'order-33' }, 3],
  [{ eventId: 'Order-33' }, 3],
  [{ q: LAST_OF_A_BATCH.deliveryId }, 3],
  [{ q: LAST_OF_A_BATCH.event.id.toUpperCase() }, 3],
  [{ deliveryId: LAST_OF_A_BATCH.deliveryId, q: 'device' }, 3],
  [{ deliveryId: LAST_OF_A_BATCH.deliveryId, eventId: LAST_OF_A_BATCH.event.id }, 3],
  [{ eventType: LAST_OF_A_BATCH.event.type, outcome: 'failed' }, 1],
];

describe('the event log in Postgres', () => {
  let database: MigratedDatabase;
  let stores: AuditStores;
  let eventLog: TypeormEventLogStore;

  beforeAll(async () => {
    database = await createMigratedDatabase('audit', auditService.migrations);
    stores = typeormStores(database.dataSource, database.dataSource, database.dataSource);
    eventLog = new TypeormEventLogStore(new ViewReader(database.dataSource, () => NOW_MS), BOUNDS);
    const made = Array.from({ length: ATTEMPTS }, (_, n) => madeAttempt(n, momentOf(n)));
    await write(stores, made);
  });
  afterAll(() => database.drop());

  /** All pages, and how many came short with a cursor. */
  async function readAll(given: EventLogFilters, limit: number, between: () => Promise<void> = async () => {}) {
    const lines: EventLogLine[] = [];
    let short = 0;
    for (let after: ListPosition | null = null; ; ) {
      const { rows, stoppedAt } = await eventLog.list(TENANT, given, { limit, after });
      lines.push(...rows.slice(0, limit));
      const last = lines.at(-1);
      const next = rows.length > limit && last ? positionOf(last) : stoppedAt;
      if (rows.length <= limit && stoppedAt) short += 1;
      if (!next) return { lines, short };
      if (after) expect(isBehind(next, after)).toBe(true);
      after = next;
      await between();
    }
  }

  const all = async () => (await readAll({}, 200)).lines;
  const idsOf = (lines: readonly EventLogLine[]) => lines.map(({ attemptId }) => attemptId);

  it('shows by any filters, page by page, what a stream with them would have shown, each attempt once', {
    timeout: PAGES_TIMEOUT_MS,
  }, async () => {
    const everything = await all();
    expect(everything).toHaveLength(ATTEMPTS);
    let short = 0;
    await fc.assert(
      fc.asyncProperty(someFilters, fc.constantFrom(1, 3, 50), async (given, limit) => {
        const expected = everything.filter((line) => isShown(line, given));
        const read = await readAll(given, limit);
        short += read.short;
        expect(idsOf(read.lines)).toEqual(idsOf(expected));
      }),
      { numRuns: RUNS, examples: EXAMPLES },
    );
    expect(short).toBeGreaterThan(0);
  });

  it('shows what was there at the beginning exactly once, whatever comes meanwhile', async () => {
    const before = await all();
    let n = ATTEMPTS;
    const insert = async () => {
      // Newer than all, older than all, and at a moment that others have.
      const moments = [NOW_MS + n, NOW_MS - 30 * DAY_MS - n, momentOf(n % ATTEMPTS)];
      await write(
        stores,
        moments.map((atMs) => madeAttempt(n++, atMs)),
      );
    };
    const { lines } = await readAll({}, 20, insert);
    const known = new Set(idsOf(before));
    expect(idsOf(lines).filter((id) => known.has(id))).toEqual(idsOf(before));
    expect(new Set(idsOf(lines)).size).toBe(lines.length);
    expect(lines.map(positionOf)).toEqual(lines.map(positionOf).toSorted(newestFirst));
  });
});
