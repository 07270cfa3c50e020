import type { KeptDays } from '../partitions/kept-since.js';
import { DAY_MS, dayOf } from '../partitions/utc-day.js';
import { EPOCHS, MARKS, UNREADABLE } from '../projection/progress-tables.js';
import { ACTIVITY_LOG, ATTEMPTS, AUDIT_LOG, DELIVERIES, EVENTS, SIGNALS } from '../projection/projection-tables.js';
import { BUCKET_MS, KEPT_MS } from '../stats/stats.bounds.js';
import { HOURS_TABLE, MINUTES_TABLE, type StatsTable } from '../stats/stats-tables.js';
import { type LogHorizon, timeSql } from './log-horizon.js';

/** What decides whether a difference is one. */
export interface Grounds {
  horizon: LogHorizon;
  keptDays: KeptDays;
  nowMs: number;
}

export interface ComparedTable {
  name: string;
  key: readonly string[];
  /** Columns that say nothing of the world; a row that is put right keeps those that are `carried` and loses the others. */
  aside: readonly string[];
  carried: readonly string[];
  /** What is expected follows from live tables before it, so it is known only once those are right. */
  followsLive: boolean;
  /** The rows of the live table, and what they should be, as queries. */
  live(schema: string): string;
  expected(shadow: string, schema: string): string;
  /** SQL over the live row `l` and the shadow's `s`, one of which may be missing: whether the difference counts. */
  counts(grounds: Grounds): string;
}

/** What counts where the live row is missing, where it is extra, and where both are there and differ. */
type Judgement = Record<'missing' | 'extra' | 'differs', string>;

interface Given {
  name: string;
  key: string;
  aside?: readonly string[];
  carried?: readonly string[];
  rows?(table: string): string;
  /** Given where that is no table of the shadow. */
  expected?(shadow: string, schema: string): string;
  counts(grounds: Grounds): Judgement;
}

function compared({ name, key, aside = [], carried = [], rows, expected, counts }: Given): ComparedTable {
  const rowsOf = rows ?? ((table: string) => `select * from ${table}`);
  const keys = key.split(', ');
  return {
    name,
    key: keys,
    aside,
    carried,
    followsLive: expected !== undefined,
    live: (schema) => rowsOf(`"${schema}".${name}`),
    expected: expected ?? ((shadow) => rowsOf(`"${shadow}".${name}`)),
    counts: (grounds) => {
      const { missing, extra, differs } = counts(grounds);
      return `case when l.${keys[0]} is null then ${missing} when s.${keys[0]} is null then ${extra} else ${differs} end`;
    },
  };
}

/** The oldest day that is kept may be dropped before all is compared. */
const keptFrom = ({ keptDays, nowMs }: Grounds, kind: keyof KeptDays) =>
  keptDays[kind] === 0 ? `'-infinity'::timestamptz` : timeSql((dayOf(nowMs) + 1 - keptDays[kind]) * DAY_MS);

const POSITION = ['delivery_offset', 'epoch', 'sequence'];
const positionOf = (row: string) => `(${POSITION.map((column) => `${row}.${column}`).join(', ')})`;

/** Domain events alone have ids of digits; other lines follow from the journal and from redeliveries. */
const IS_DOMAIN_EVENT = `l.id ~ '^aud_[0-9]{16}$'`;

/** Counts as they are compared: without zeros, and in one order. */
const tallied = (column: string) =>
  `(select coalesce(array_agg(tally.${column} order by tally.kind), '{}') from unnest(kinds, counts) as tally (kind, n) where tally.n <> 0)`;
const statsTable = ({ name, width }: StatsTable) =>
  compared({
    name,
    key: 'tenant_id, integration_id, at',
    rows: (table) => `select tenant_id, integration_id, at, succeeded, failed, opened, ended,
      ${tallied('kind')} as kinds, ${tallied('n')} as counts from ${table}
      where succeeded <> 0 or failed <> 0 or opened <> 0 or ended <> 0`,
    counts: (grounds) => {
      // What audit had dropped before it was read again is not counted once more.
      const kept = [timeSql(grounds.nowMs - KEPT_MS[width] + BUCKET_MS[width])];
      for (const kind of ['events', 'attempts'] as const) kept.push(keptFrom(grounds, kind));
      const from = `greatest(${[grounds.horizon.of('deliveries', 'attempts'), ...kept].join(', ')})`;
      const counted = `coalesce(l.at, s.at) >= ${from}`;
      return { missing: counted, extra: counted, differs: counted };
    },
  });

/**
 * Every table that follows from the topics. A row that only records wrote that retention has dropped is no difference;
 * nor is one that audit's own retention has dropped.
 */
export const COMPARED_TABLES: readonly ComparedTable[] = [
  // What is below the log's start was taken over from the live table.
  compared({ ...EPOCHS, counts: () => ({ missing: 'true', extra: 'true', differs: 'true' }) }),
  compared({
    ...MARKS,
    counts: ({ horizon }) => {
      const isHeld = `l.set_at >= ${horizon.startOf("'deliveries'", 'l.partition')}`;
      return { missing: 'true', extra: isHeld, differs: isHeld };
    },
  }),
  compared({
    ...EVENTS,
    counts: (grounds) => {
      const from = grounds.horizon.of('routings');
      return {
        missing: `s.accepted_at >= ${keptFrom(grounds, 'events')}`,
        extra: `l.accepted_at >= ${from}`,
        differs: `l.accepted_at >= ${from}`,
      };
    },
  }),
  compared({
    ...DELIVERIES,
    aside: ['previous_status', 'previous_finished_at'],
    counts: (grounds) => {
      const from = grounds.horizon.of('deliveries', 'attempts');
      return {
        missing: `s.accepted_at >= ${keptFrom(grounds, 'events')}`,
        extra: `l.accepted_at >= ${from}`,
        // An older row may know more than the logs still do, never less.
        differs: `(l.accepted_at >= ${from} or (s.delivery_offset >= 0 and ${positionOf('s')} > ${positionOf('l')}))`,
      };
    },
  }),
  compared({
    ...ATTEMPTS,
    aside: ['flush'],
    carried: ['flush'],
    counts: (grounds) => ({
      missing: `s.at >= ${keptFrom(grounds, 'attempts')}`,
      extra: `l.at >= ${grounds.horizon.of('attempts')}`,
      differs: 'true',
    }),
  }),
  compared({
    ...AUDIT_LOG,
    counts: ({ horizon }) => ({
      missing: 'true',
      extra: `l.at >= case when ${IS_DOMAIN_EVENT} then ${horizon.of('domain-events')} else ${horizon.of('attempts', 'redeliveries')} end`,
      differs: 'true',
    }),
  }),
  compared({
    ...ACTIVITY_LOG,
    counts: (grounds) => ({
      missing: `s.at >= ${keptFrom(grounds, 'activity-log')}`,
      extra: `l.at >= ${grounds.horizon.of('decisions')}`,
      differs: 'true',
    }),
  }),
  compared({
    ...SIGNALS,
    counts: ({ horizon }) => ({
      missing: 'true',
      extra: `l.at >= ${horizon.of('integration-signals')}`,
      differs: 'true',
    }),
  }),
  compared({
    ...UNREADABLE,
    counts: ({ horizon }) => ({
      missing: 'true',
      extra: `l.record_offset >= ${horizon.startOf('l.topic', 'l.partition')}`,
      differs: 'true',
    }),
  }),
  statsTable(MINUTES_TABLE),
  statsTable(HOURS_TABLE),
  compared({
    name: 'delivery_backlog',
    key: 'tenant_id, integration_id',
    rows: (table) => `select * from ${table} where pending <> 0 or held <> 0`,
    // It says what the live deliveries are, whatever their records' logs hold still.
    expected: (_, schema) => `select tenant_id, integration_id, count(*) filter (where status = 'pending') as pending,
      count(*) filter (where status = 'held') as held
      from "${schema}".deliveries where status in ('pending', 'held') group by 1, 2`,
    counts: () => ({ missing: 'true', extra: 'true', differs: 'true' }),
  }),
];

/** Tables that follow from no topic, or say only how far it was read. */
export const NOT_COMPARED: readonly string[] = ['migrations', 'projection_positions', 'recoveries', 'recovery_members'];
