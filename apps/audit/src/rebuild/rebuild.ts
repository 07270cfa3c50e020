import type { Messaging } from '@hookstile/messaging';
import type { Clock, PayloadMask } from '@hookstile/service-runtime';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { KeptDays } from '../partitions/kept-since.js';
import type { ProjectedTopic } from '../project/project-record.js';
import { TABLES, TypeormProjectionStore } from '../projection/projection.store.typeorm.js';
import { COMPARED_TABLES } from './compared-tables.js';
import { type Compared, Comparison } from './comparison.js';
import { LogHorizon } from './log-horizon.js';
import {
  CATCH_UPS_MAX,
  GAP_MAX_RECORDS,
  LOCK_TIMEOUT_MS,
  LOCKED_IDLE_MAX_MS,
  STATEMENT_TIMEOUT_MS,
} from './rebuild.bounds.js';
import { RebuildUnderWayError } from './rebuild-under-way.error.js';
import { type Places, placeKey, ShadowFeed } from './shadow-feed.js';
import { ShadowSchema } from './shadow-schema.js';

export interface RebuildOptions {
  databaseUrl: string;
  /** Where audit's tables are. */
  schema: string;
  /** A pool whose unqualified names are this schema's. The rebuild ends it. */
  openShadow(schema: string): Promise<DataSource>;
  messaging: Pick<Messaging, 'reader' | 'startOffset' | 'endOffset'>;
  prefix: string;
  partitionCount: number;
  keptDays: KeptDays;
  /** As the live tables were made with. */
  mask: PayloadMask;
  clock: Clock;
  repair: boolean;
  /** What hangs or vanishes holds up flushes for no longer than this. */
  lockedIdleMaxMs?: number;
}

export interface Rebuilt {
  records: number;
  /** Topics of which retention has dropped records, and how many live rows are of such, by table. */
  cut: ReadonlySet<ProjectedTopic>;
  unknown: ReadonlyMap<string, number>;
  /** Records that the live tables have not come to yet. */
  behind: number;
  found: readonly Compared[];
  /** As it is after the repair; null where none was wanted or needed. */
  repaired: readonly Compared[] | null;
}

/** Any fixed number that nothing else in the database uses; with the schema's hash, one rebuild at a time. */
const REBUILD_LOCK_CLASS = 48_164;

/**
 * Projects all topics again, beside the live tables, and compares. Flushes move on meanwhile: what differed is compared
 * once more while they wait for a moment, with the shadow read to exactly where they are.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: 'hookstile-audit-rebuild',
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await lockOut(client, options.schema);
    const shadow = new ShadowSchema(client, options.schema);
    await shadow.create();
    const dataSource = await options.openShadow(shadow.name);
    const { messaging, prefix, partitionCount, mask, clock } = options;
    const store = new TypeormProjectionStore(dataSource);
    const feed = new ShadowFeed({ messaging, prefix, partitionCount, store, mask, nowMs: () => clock.nowMs() });
    try {
      return await compared(options, client, shadow, feed);
    } finally {
      await feed.close();
      await dataSource.destroy();
      await shadow.drop();
    }
  } finally {
    await client.end();
  }
}

async function lockOut(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as locked', [
    REBUILD_LOCK_CLASS,
    schema,
  ]);
  if (!rows[0]?.locked) throw new RebuildUnderWayError('another rebuild of audit is under way');
}

async function compared(
  options: RebuildOptions,
  client: pg.Client,
  shadow: ShadowSchema,
  feed: ShadowFeed,
): Promise<Rebuilt> {
  const { schema, keptDays, clock } = options;
  const starts = await feed.begin();
  const horizon = new LogHorizon(starts);
  await shadow.takeOverEpochs(starts);
  const ends = await feed.ends();
  await feed.readTo(await livePlaces(client, schema, ends));
  const caughtUp = async () => {
    for (let n = 0; n < CATCH_UPS_MAX; n += 1) {
      const places = await livePlaces(client, schema, ends);
      if (feed.gapTo(places) <= GAP_MAX_RECORDS) break;
      await feed.readTo(places);
    }
  };
  const comparison = new Comparison(client, schema, shadow.name, { horizon, keptDays, nowMs: clock.nowMs() });
  // What came while the logs were read would all be among the keys that flushes wait for.
  await caughtUp();
  for (const table of COMPARED_TABLES) await comparison.run(table);
  await caughtUp();
  const settled = await whileFlushesWait(client, options, async () => {
    const places = await livePlaces(client, schema, ends);
    await feed.readTo(places);
    const found = await allAgain(comparison);
    const repaired = options.repair && found.some(isDiffering) ? await allRepaired(comparison) : null;
    return { places, found, repaired };
  });
  const unknown = new Map<string, number>();
  if (horizon.cut.size > 0) {
    for (const table of COMPARED_TABLES) unknown.set(table.name, await comparison.unknown(table));
  }
  const behind = gapBetween(settled.places, await feed.ends());
  const { found, repaired } = settled;
  return { records: feed.count, cut: horizon.cut, unknown, behind, found, repaired };
}

/** Of a partition that has no row, what was before this release's first record: its end as it was in the beginning. */
async function livePlaces(client: pg.Client, schema: string, ends: Places): Promise<Map<string, number>> {
  const { rows } = await client.query<{ topic: string; partition: number; next_offset: string }>(
    `select topic, partition, next_offset from "${schema}".projection_positions`,
  );
  const places = new Map(ends);
  for (const row of rows) places.set(placeKey(row), Number(row.next_offset));
  return places;
}

function gapBetween(places: Places, ends: Places): number {
  return [...ends].reduce((sum, [key, end]) => sum + Math.max(0, end - (places.get(key) ?? 0)), 0);
}

/** Tables are locked in the order in which a flush writes them; who reads does not notice. */
async function whileFlushesWait<T>(client: pg.Client, options: RebuildOptions, act: () => Promise<T>): Promise<T> {
  const { schema, lockedIdleMaxMs = LOCKED_IDLE_MAX_MS } = options;
  const written = TABLES.map(({ name }) => name);
  const counted = COMPARED_TABLES.map(({ name }) => name).filter((name) => !written.includes(name));
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout to ${LOCK_TIMEOUT_MS}`);
    await client.query(`set local idle_in_transaction_session_timeout to ${lockedIdleMaxMs}`);
    const tables = [...written, ...counted].map((name) => `"${schema}".${name}`);
    await client.query(`lock table ${tables.join(', ')} in share row exclusive mode`);
    const result = await act();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function allAgain(comparison: Comparison): Promise<Compared[]> {
  const found: Compared[] = [];
  for (const table of COMPARED_TABLES) {
    await comparison.again(table);
    found.push(await comparison.found(table));
  }
  return found;
}

async function allRepaired(comparison: Comparison): Promise<Compared[]> {
  for (const table of COMPARED_TABLES) {
    if (table.followsLive) await comparison.run(table);
    await comparison.repair(table);
  }
  return allAgain(comparison);
}

export function isDiffering({ differing }: Compared): boolean {
  return differing.length > 0;
}
