import type { DataSource } from 'typeorm';
import type { InboxStore } from './inbox.store.js';
import type { InboxEntry } from './inbox-entry.js';
import {
  arrayOf,
  byKey,
  entryOf,
  INBOX_COLUMNS,
  type InboxRow,
  parametersOf,
  rejectedAmong,
  settleAlone,
  vanished,
} from './settle-alone.js';
import { type Candidate, placeOf, type Settlement } from './settlement.js';
import { firstOfEachKey } from './verdict.js';

const MS_PER_MINUTE = 60_000;
const NOTHING_REJECTED: ReadonlyMap<string, string> = new Map();

const CLAIM = `
  INSERT INTO inbox (key, source_partition, source_offset, body_hash, received_minute)
  SELECT key, source_partition, source_offset, body_hash, $5::integer
  FROM unnest($1::uuid[], $2::integer[], $3::bigint[], $4::uuid[])
    AS given (key, source_partition, source_offset, body_hash)
  ON CONFLICT (key) DO NOTHING`;

const ROWS = `SELECT ${INBOX_COLUMNS} FROM inbox WHERE key = ANY($1::uuid[])`;

/**
 * Rows are found by a whole minute: equal index entries share their storage, which keeps the index small. One router
 * removes at a time; the others would wait for its locks only to find the rows gone. The age is asked for again of the row
 * that is deleted: it may have been renewed since it was found, and some releases of Postgres
 * then delete it nevertheless (the 0 keeps the planner from reading that index instead of the places that were found).
 */
const REMOVE = `
  WITH turn AS (SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema || '.inbox', 0)) AS ours)
  DELETE FROM inbox WHERE received_minute + 0 < $1 AND ctid = ANY(ARRAY(
    SELECT inbox.ctid FROM inbox, turn WHERE turn.ours AND received_minute < $1 LIMIT $2))`;

const REMOVE_REJECTIONS = `
  DELETE FROM inbox_rejections WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM inbox_rejections WHERE rejected_minute < $1 LIMIT $2))`;

const minuteOf = (ms: number) => Math.floor(ms / MS_PER_MINUTE);

export class TypeormInboxStore implements InboxStore {
  constructor(private readonly dataSource: DataSource) {}

  async claim(entries: readonly InboxEntry[], nowMs: number): Promise<ReadonlyMap<string, InboxEntry>> {
    const holders = byItsKey(entries);
    if (await this.insertAll(entries, nowMs)) return holders;
    const rows = await this.rowsOf(entries);
    if (rows.length !== entries.length) throw vanished();
    for (const row of rows) holders.set(row.key, entryOf(row));
    return holders;
  }

  async settle(candidates: readonly Candidate[], nowMs: number): Promise<Settlement> {
    const withRejection = new Set(candidates.flatMap(({ key, rejection }) => (rejection === null ? [] : [key])));
    const first = firstOfEachKey(candidates);
    const plain = first.filter(({ key }) => !withRejection.has(key));
    const allNew = await this.insertAll(plain, nowMs);
    if (allNew && withRejection.size === 0) return { holders: byItsKey(plain), rejected: NOTHING_REJECTED };
    return this.settleKnown(candidates, withRejection, nowMs);
  }

  /** Some were seen before, or are to be rejected. Rejections that stand are read; only new decisions need locks. */
  private async settleKnown(
    candidates: readonly Candidate[],
    withRejection: ReadonlySet<string>,
    nowMs: number,
  ): Promise<Settlement> {
    const first = firstOfEachKey(candidates);
    const [rows, rejected] = await Promise.all([this.rowsOf(first), rejectedAmong(this.dataSource, candidates)]);
    const known = new Set(rows.map(({ key }) => key));
    if (first.some(({ key }) => !known.has(key) && !withRejection.has(key))) throw vanished();
    const holders = byItsKey(rows.filter(({ vacant }) => !vacant).map(entryOf));
    const undecided = candidates.filter((one) => !holders.has(one.key) && !rejected.has(placeOf(one)));
    if (undecided.length === 0) return { holders, rejected };
    const settled = await settleAlone(this.dataSource, undecided, minuteOf(nowMs));
    return {
      holders: new Map([...holders, ...settled.holders]),
      rejected: new Map([...rejected, ...settled.rejected]),
    };
  }

  async removeOlderThan(beforeMs: number, maxRows: number): Promise<number> {
    const minute = minuteOf(beforeMs);
    // First the rejections, which must not outlive the rows under which they were decided.
    const rejections = await this.affected(REMOVE_REJECTIONS, [minute, maxRows]);
    return rejections + (await this.affected(REMOVE, [minute, maxRows - rejections]));
  }

  /** Whether none of them was there. */
  private async insertAll(entries: readonly InboxEntry[], nowMs: number): Promise<boolean> {
    if (entries.length === 0) return true;
    const inserted = await this.affected(CLAIM, [...parametersOf(byKey(entries)), minuteOf(nowMs)]);
    return inserted === entries.length;
  }

  private rowsOf(entries: readonly InboxEntry[]): Promise<InboxRow[]> {
    return this.dataSource.query(ROWS, [arrayOf(entries, ({ key }) => key)]);
  }

  private async affected(statement: string, parameters: unknown[]): Promise<number> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const result = await runner.query(statement, parameters, true);
      return result.affected ?? 0;
    } finally {
      await runner.release();
    }
  }
}

function byItsKey(entries: readonly InboxEntry[]): Map<string, InboxEntry> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}
